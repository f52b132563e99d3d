// Runs a fuzz target over a corpus and over damaged copies of it, where there is no libFuzzer: target CORPUS…

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/target.h"
#include "tests/support/quiet_log.h"
#include "tests/support/random.h"

namespace {

namespace fs = std::filesystem;

/// At most, and as many as fit the time.
constexpr std::size_t kDamagedCopies = 2000;
constexpr std::chrono::seconds kTime{3};
constexpr std::uint64_t kMostChanges = 4;
constexpr std::size_t kShownBytes = 4096;

std::vector<dash::Bytes> read_corpus(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<dash::Bytes> corpus;
    for (const fs::path& file : files) {
        std::ifstream stream(file, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    }
    return corpus;
}

bool run(const dash::Bytes& input, const tests::Random& random) {
    try {
        LLVMFuzzerTestOneInput(input.data(), input.size());
        return true;
    } catch (const std::exception& error) {
        const dash::ByteSpan shown = dash::ByteSpan(input).first(std::min(input.size(), kShownBytes));
        std::printf("FOUND: %s\n%s; the input (%zu bytes) is\n%s\n", error.what(), random.how_to_repeat().c_str(),
                    input.size(), dash::to_hex(shown).c_str());
        return false;
    }
}

}  // namespace

int main(int argc, char** argv) {
    tests::Random random;
    std::printf("%s\n", random.how_to_repeat().c_str());
    std::fflush(stdout);  // a sanitizer ends the program without
    std::vector<dash::Bytes> corpus{{}};
    for (int i = 1; i < argc; ++i) {
        for (dash::Bytes& input : read_corpus(argv[i]))
            corpus.push_back(std::move(input));
    }
    bool good = corpus.size() > 1;
    for (const dash::Bytes& input : corpus)
        good &= run(input, random);
    const auto end = std::chrono::steady_clock::now() + kTime;
    std::size_t damaged = 0;
    for (; damaged < kDamagedCopies && good && std::chrono::steady_clock::now() < end; ++damaged)
        good = run(random.mutated(corpus[random.below(corpus.size())], kMostChanges), random);
    std::printf("%zu inputs of the corpus and %zu damaged ones: %s\n", corpus.size(), damaged,
                good ? "nothing found" : "see above");
    return good ? 0 : 1;
}
