// The command line: a word a line, and those of "@FILE".

#include <sstream>

#include "p2pool/options/options.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace p2pool::options;
    fuzz::Input input(data, size);
    const bool in_file = input.byte() % 2 == 1;
    std::string text(input.text());
    // Files of this machine are none of the input.
    std::replace(text.begin(), text.end(), '@', 'a');
    std::vector<std::string> words;
    if (in_file) {
        const fuzz::MemoryFile file(dash::as_bytes(text));
        const std::string name = "@" + file.path().string();
        const fuzz::MemoryFile around(dash::as_bytes(name + " " + name));
        fuzz::accepts<UsageError>([&] { static_cast<void>(parse({"@" + around.path().string()})); });
        return 0;
    }
    std::istringstream lines(text);
    for (std::string word; std::getline(lines, word);)
        words.push_back(word);
    fuzz::accepts<UsageError>([&] { static_cast<void>(parse(words)); });
    return 0;
}
