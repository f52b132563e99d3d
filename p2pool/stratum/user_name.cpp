#include "p2pool/stratum/user_name.h"

#include <algorithm>

#include "dash/primitives/address.h"
#include "dash/primitives/base58.h"
#include "dash/util/error.h"
#include "p2pool/stratum/difficulty.h"

namespace p2pool::stratum {
namespace {

constexpr double kLeastShareSeconds = 1;
constexpr double kMostShareSeconds = 60;

/// The digits behind "s".
std::optional<double> parse_share_seconds(std::string_view digits) {
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return std::clamp(parse_difficulty(digits).value_or(kMostShareSeconds), kLeastShareSeconds, kMostShareSeconds);
}

void read_option(char symbol, std::string_view text, UserName& name) {
    if (symbol == '/') {
        if (const auto difficulty = parse_difficulty(text)) name.share_difficulty = difficulty;
    } else if (!text.empty() && text.front() == 's') {
        if (const auto seconds = parse_share_seconds(text.substr(1))) name.share_seconds = seconds;
    } else if (const auto difficulty = parse_difficulty(text)) {
        name.fixed_difficulty = difficulty;
    }
}

bool is_alphanumeric(char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
}

/// The part of `text` that begins at `from` and could be an address: letters and digits, whatever may follow them.
std::string_view word_at(std::string_view text, std::size_t from) {
    const std::string_view rest = text.substr(from);
    const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_alphanumeric);
    return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view kBlanks = " \t";
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

/// What stands between the first and the second `separator`.
std::string_view second_part(std::string_view text, char separator) {
    const std::size_t split = text.find(separator);
    if (split == std::string_view::npos) return {};
    const std::string_view rest = text.substr(split + 1);
    return rest.substr(0, rest.find(separator));
}

/// What follows the address, as the statistics show it. After `.` and `_` it is what the reference shows: `_` separates
/// before `.` does, and what follows a second separator is dropped.
std::string worker_behind_address(std::string_view rest) {
    if (rest.empty()) return {};
    const bool is_ascii = static_cast<unsigned char>(rest.front()) < 0x80;  // else it begins a letter of several bytes
    if (rest.front() != '.' && rest.front() != '_') return std::string(without_blanks(rest.substr(is_ascii ? 1 : 0)));
    const std::size_t underscore = rest.find('_');
    if (underscore == std::string_view::npos) return std::string(second_part(rest, '.'));
    std::string worker(rest.substr(0, underscore));
    const std::string_view last = second_part(rest, '_');
    if (!last.empty()) worker.append(".").append(last);
    return worker.substr(std::min<std::size_t>(1, worker.size()));
}

void split_worker(std::string_view user, UserName& name) {
    const std::string_view head = word_at(user, 0);
    std::string worker;
    if (dash::looks_like_address(head)) {
        name.address = head;
        worker = worker_behind_address(user.substr(head.size()));
    } else {
        const char separator = user.find('_') != std::string_view::npos ? '_' : '.';
        name.address = user.substr(0, user.find(separator));
        worker = second_part(user, separator);
    }
    name.display = name.address;
    if (!worker.empty()) name.display.append(".").append(worker);
}

void find_payout(const dash::ChainParams& chain, UserName& name) {
    if (!dash::looks_like_address(name.address)) return;
    try {
        const dash::Address address = dash::parse_address(name.address, chain);
        if (address.kind == dash::Address::Kind::kPubkeyHash) {
            name.payout = address.hash;
            return;
        }
        name.refusal =
            "P2SH (script) addresses cannot be paid: p2pool shares carry a public key hash. Use an ordinary (P2PKH) "
            "address of your "
            "wallet";
    } catch (const dash::DecodeError& error) {
        name.refusal = std::string("user name looks like a Dash address but cannot be paid on ") + chain.name + ": " +
                       error.what() + ". Check it, or use a name that is no address to mine for this node";
    }
}

/// Whether it is one in all its digits: a worker's name may be one of any 30 letters.
bool is_address(std::string_view text) {
    if (!dash::looks_like_address(text)) return false;
    try {
        constexpr std::size_t kAddressBytes = 21;
        return dash::base58check_decode(text).size() == kAddressBytes;
    } catch (const dash::DecodeError&) {
        return false;
    }
}

/// An address in second place was meant to be paid.
void refuse_later_address(std::string_view text, UserName& name) {
    if (name.payout || !name.refusal.empty()) return;
    for (std::size_t from = 0; from < text.size();) {
        const std::string_view word = word_at(text, from);
        if (is_address(word)) {
            name.refusal = "the address has to come first in a user name: " + std::string(word) +
                           ".WORKER. Or use a name without an address to mine for this node";
            return;
        }
        from += word.size() + 1;
    }
}

}  // namespace

UserName parse_user_name(std::string_view text, const dash::ChainParams& chain) {
    constexpr std::string_view kSymbols = "+/";
    UserName name;
    if (text.size() > kMaxUserNameBytes) {
        name.refusal = "The user name is longer than " + std::to_string(kMaxUserNameBytes) + " bytes";
        return name;
    }
    std::size_t split = text.find_first_of(kSymbols);
    split_worker(without_blanks(text.substr(0, split)), name);
    while (split != std::string_view::npos) {
        const std::size_t next = text.find_first_of(kSymbols, split + 1);
        read_option(text[split], text.substr(split + 1, next - split - 1), name);
        split = next;
    }
    find_payout(chain, name);
    refuse_later_address(text, name);
    return name;
}

}  // namespace p2pool::stratum
