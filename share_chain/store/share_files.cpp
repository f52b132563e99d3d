#include "share_chain/store/share_files.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "dash/primitives/bytes.h"
#include "dash/util/error.h"
#include "share_chain/codec.h"
#include "share_chain/store/parallel_load.h"

namespace share_chain::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "shares.";
constexpr std::string_view kWhiteSpace = " \t\n\r\v\f";
constexpr std::uint64_t kFileBytes = 10'000'000;
/// Lines that are read before their shares are decoded together.
constexpr std::size_t kLinesTogether = 1000;

std::optional<std::uint64_t> file_number(const fs::path& file) {
    const std::string name = file.filename().string();
    if (name.rfind(kPrefix, 0) != 0) return std::nullopt;
    std::uint64_t number = 0;
    const char* const end = name.data() + name.size();
    const auto [parsed, error] = std::from_chars(name.data() + kPrefix.size(), end, number);
    if (error != std::errc() || parsed != end) return std::nullopt;
    return number;
}

std::string_view stripped(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kWhiteSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

/// True and without its sign when there was a minus.
bool take_sign(std::string_view& number) {
    const bool negative = !number.empty() && number.front() == '-';
    if (!number.empty() && (negative || number.front() == '+')) number.remove_prefix(1);
    return negative;
}

/// As Python's int(text) takes it: white space, a sign and leading zeros may be there.
std::int64_t line_kind(std::string_view text) {
    std::string_view digits = stripped(text);
    const bool negative = take_sign(digits);
    std::int64_t kind = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), kind);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.front() == '-') {
        throw dash::DecodeError("'" + std::string(text) + "' is not the number of a kind of line");
    }
    return negative ? -kind : kind;
}

/// As Python's int(text, 16): "0x" may be there, and leading zeros away.
dash::Uint256 verified_hash(std::string_view text) {
    constexpr std::size_t kDigits = 2 * dash::Uint256::kBytes;
    std::string_view digits = stripped(text);
    const bool negative = take_sign(digits);
    if (digits.substr(0, 2) == "0x" || digits.substr(0, 2) == "0X") digits.remove_prefix(2);
    if (negative || digits.empty()) throw dash::DecodeError("'" + std::string(text) + "' is not a hash");
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.size() > kDigits) throw dash::DecodeError("a hash of more than 256 bits");
    return dash::Uint256::from_hex(std::string(kDigits - digits.size(), '0') + std::string(digits));
}

struct Line {
    enum class Kind { kNothing, kShare, kVerified, kDamaged };
    Kind kind = Kind::kNothing;
    std::uint64_t number = 0;
    TypedContents share;    ///< of kShare
    dash::Uint256 hash;     ///< of kVerified
    std::string problem{};  ///< of kDamaged
};

Line parse_line(std::string_view text) {
    constexpr std::int64_t kIgnored0 = 0;
    constexpr std::int64_t kIgnored1 = 1;
    constexpr std::int64_t kVerified = 2;
    constexpr std::int64_t kShare = 5;
    text = stripped(text);
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos || text.find(' ', blank + 1) != std::string_view::npos) {
        throw dash::DecodeError("not two words with one blank between them");
    }
    const std::int64_t kind = line_kind(text.substr(0, blank));
    const std::string_view data = text.substr(blank + 1);
    Line line;
    if (kind == kVerified) {
        line.kind = Line::Kind::kVerified;
        line.hash = verified_hash(data);
    } else if (kind == kShare) {
        line.share = parse_typed_contents(dash::from_hex(data));
        if (line.share.type >= kShareType) line.kind = Line::Kind::kShare;
    } else if (kind != kIgnored0 && kind != kIgnored1) {
        throw dash::DecodeError("an unknown kind of line, " + std::to_string(kind));
    }
    return line;
}

Line parse_or_damaged(const std::string& text) {
    try {
        return parse_line(text);
    } catch (const dash::DecodeError& error) {
        Line line;
        line.kind = Line::Kind::kDamaged;
        line.problem = error.what();
        return line;
    }
}

/// Decodes the shares among the lines, then tells all in order.
void tell(const fs::path& file, std::vector<Line>& lines, const Network& network, const ShareFileEvents& events) {
    std::vector<TypedContents> shares;
    for (Line& line : lines) {
        if (line.kind == Line::Kind::kShare) shares.push_back(std::move(line.share));
    }
    const std::vector<LoadedShare> loaded = load_in_parallel(shares, network);
    auto next = loaded.begin();
    for (const Line& line : lines) {
        switch (line.kind) {
            case Line::Kind::kNothing:
                break;
            case Line::Kind::kVerified:
                events.on_verified(line.hash);
                break;
            case Line::Kind::kDamaged:
                events.on_problem(file, line.number, line.problem);
                break;
            case Line::Kind::kShare:
                if (next->share != nullptr) {
                    events.on_share(next->share);
                } else {
                    events.on_problem(file, line.number, next->problem);
                }
                ++next;
                break;
        }
    }
    lines.clear();
}

void read_share_file(const fs::path& file, const Network& network, const ShareFileEvents& events) {
    std::ifstream stream(file, std::ios::binary);
    std::vector<Line> lines;
    std::uint64_t number = 0;
    for (std::string text; std::getline(stream, text);) {
        lines.push_back(parse_or_damaged(text));
        lines.back().number = ++number;
        if (lines.size() == kLinesTogether) tell(file, lines, network, events);
    }
    if (!stream.eof()) {
        throw dash::ConfigError("cannot read " + file.string() + ": make it readable for the node, or move it away");
    }
    tell(file, lines, network, events);
}

std::string share_line(const Share& share) {
    dash::Writer writer(share.packed.size() + 10);
    write_typed_contents(writer, kShareType, share.packed);
    return "5 " + dash::to_hex(writer.bytes()) + "\n";
}

std::string verified_line(const Share& share) {
    const std::string hash = share.hash.to_hex();
    return "2 " + hash.substr(std::min(hash.find_first_not_of('0'), hash.size() - 1)) + "\n";
}

}  // namespace

std::vector<fs::path> find_share_files(const fs::path& folder) {
    std::vector<std::pair<std::uint64_t, fs::path>> numbered;
    std::error_code ignored;  // no folder: no files
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        if (const auto number = file_number(entry.path())) numbered.emplace_back(*number, entry.path());
    }
    std::sort(numbered.begin(), numbered.end());
    std::vector<fs::path> files;
    for (auto& [number, file] : numbered)
        files.push_back(std::move(file));
    return files;
}

void read_share_files(const std::vector<fs::path>& files, const Network& network, const ShareFileEvents& events) {
    for (const fs::path& file : files)
        read_share_file(file, network, events);
}

ShareFileWriter::ShareFileWriter(fs::path folder) : folder_(std::move(folder)) {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) throw dash::ConfigError("cannot make the folder " + folder_.string() + ": " + error.message());
    const std::vector<fs::path> there = find_share_files(folder_);
    if (!there.empty()) {
        throw dash::ConfigError(there.front().string() + " is there already: choose a folder without share files");
    }
}

void ShareFileWriter::add(const Share& share, bool verified) {
    if (!file_.is_open() || file_bytes_ >= kFileBytes) {
        close();
        file_.open(folder_ / (std::string(kPrefix) + std::to_string(files_)), std::ios::binary | std::ios::trunc);
        ++files_;
        file_bytes_ = 0;
    }
    write_line(share_line(share));
    if (verified) write_line(verified_line(share));
}

void ShareFileWriter::write_line(const std::string& line) {
    file_ << line;
    file_bytes_ += line.size();
}

void ShareFileWriter::close() {
    if (!file_.is_open()) return;
    file_.close();
    if (!file_) throw dash::Error("cannot write to " + folder_.string() + ": is there room, and may the node write?");
}

void ShareFileWriter::finish() {
    close();
}

}  // namespace share_chain::store
