#include "p2pool/options/arguments.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

namespace p2pool::options {
namespace {

/// Depth of "@FILE" inside "@FILE": deeper is a file that names itself.
constexpr int kMaxFileDepth = 16;

std::vector<std::string> words_of(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw UsageError("cannot read the argument file '" + path + "': check the name after '@'");
    return {std::istream_iterator<std::string>(file), std::istream_iterator<std::string>()};
}

void expand(const std::vector<std::string>& words, std::vector<std::string>& out, int depth) {
    if (depth > kMaxFileDepth) throw UsageError("argument files are nested too deeply: does one name itself?");
    for (const std::string& word : words) {
        if (!word.empty() && word.front() == '@') {
            expand(words_of(word.substr(1)), out, depth + 1);
        } else {
            out.push_back(word);
        }
    }
}

std::vector<const OptionSpec*> options_beginning(const std::string& name, bool of_reference) {
    std::vector<const OptionSpec*> found;
    for (const OptionSpec& option : option_table()) {
        if ((option.origin == Origin::kReference) == of_reference && std::string(option.name).rfind(name, 0) == 0)
            found.push_back(&option);
    }
    return found;
}

/// Null when no option is called so.
const OptionSpec* find_long(const std::string& name) {
    for (const OptionSpec& option : option_table()) {
        if (name == option.name) return &option;
    }
    std::vector<const OptionSpec*> found = options_beginning(name, true);
    if (found.empty()) found = options_beginning(name, false);
    if (found.empty()) return nullptr;
    if (found.size() == 1) return found.front();
    std::string names;
    for (const OptionSpec* option : found)
        names += (names.empty() ? "--" : ", --") + std::string(option->name);
    throw UsageError("ambiguous option: --" + name + " could match " + names);
}

const OptionSpec* find_short(char name) {
    const auto& table = option_table();
    const auto found =
        std::find_if(table.begin(), table.end(), [name](const OptionSpec& o) { return o.short_name == name; });
    return found == table.end() ? nullptr : &*found;
}

/// What a word that begins with '-' says.
struct OptionWord {
    const OptionSpec* option = nullptr;  ///< null: no option is called so
    std::optional<std::string> value;    ///< of "--name=value" and the like
};

OptionWord read_long(const std::string& word) {
    const std::size_t equals = word.find('=');
    OptionWord read{find_long(word.substr(2, equals == std::string::npos ? equals : equals - 2)), std::nullopt};
    if (equals != std::string::npos) read.value = word.substr(equals + 1);
    return read;
}

OptionWord read_short(const std::string& word) {
    OptionWord read{find_short(word[1]), std::nullopt};
    if (word.size() > 2) read.value = word.substr(word[2] == '=' ? 3 : 2);
    return read;
}

bool is_negative_number(const std::string& word) {
    const std::string digits = word.substr(1);
    return digits.find_first_not_of("0123456789.") == std::string::npos &&
           digits.find_first_of("0123456789") != std::string::npos && std::count(digits.begin(), digits.end(), '.') < 2;
}

/// Nullopt: the word is a value.
std::optional<OptionWord> read_option_word(const std::string& word) {
    if (word.size() < 2 || word.front() != '-') return std::nullopt;
    OptionWord read = word[1] == '-' ? read_long(word) : read_short(word);
    if (read.option != nullptr) return read;
    if (is_negative_number(word) || word.find(' ') != std::string::npos) return std::nullopt;
    return read;
}

class Reader {
  public:
    explicit Reader(const std::vector<std::string>& words) : words_(words) {}

    Arguments read() {
        while (next_ < words_.size() && !ended_) {
            const std::string& word = words_[next_++];
            if (word == "--") {
                arguments_.positional.insert(arguments_.positional.end(), words_.begin() + position(), words_.end());
                break;
            }
            if (const auto option = read_option_word(word)) {
                take(*option, word);
            } else {
                arguments_.positional.push_back(word);
            }
        }
        return std::move(arguments_);
    }

  private:
    [[nodiscard]] std::ptrdiff_t position() const { return static_cast<std::ptrdiff_t>(next_); }

    void take(const OptionWord& read, const std::string& word) {
        if (read.option == nullptr) throw UsageError("unrecognized arguments: " + word);
        const OptionSpec& option = *read.option;
        if (option.metavar == nullptr) {
            if (read.value) throw UsageError("argument " + spelled(option) + ": it takes no value");
            ended_ = option.group == Group::kInformation;
            arguments_.given.push_back({&option, {}});
        } else if (read.value) {
            arguments_.given.push_back({&option, *read.value});
        } else {
            arguments_.given.push_back({&option, value_of(option)});
        }
    }

    std::string value_of(const OptionSpec& option) {
        if (next_ >= words_.size() || words_[next_] == "--" || read_option_word(words_[next_])) {
            throw UsageError("argument " + spelled(option) + ": expected one argument, " + option.metavar);
        }
        return words_[next_++];
    }

    const std::vector<std::string>& words_;
    std::size_t next_ = 0;
    bool ended_ = false;  ///< by --help or --version
    Arguments arguments_;
};

}  // namespace

std::vector<std::string> expand_argument_files(const std::vector<std::string>& words) {
    std::vector<std::string> expanded;
    expand(words, expanded, 0);
    return expanded;
}

Arguments read_arguments(const std::vector<std::string>& words) {
    return Reader(words).read();
}

}  // namespace p2pool::options
