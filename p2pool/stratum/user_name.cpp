#include "p2pool/stratum/user_name.h"

#include <algorithm>

#include "dash/primitives/address.h"
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

/// `_` separates before `.` does; what follows a second separator is dropped.
void split_worker(std::string_view user, UserName& name) {
    const char separator = user.find('_') != std::string_view::npos ? '_' : '.';
    const std::size_t split = user.find(separator);
    name.address = user.substr(0, split);
    name.display = name.address;
    if (split == std::string_view::npos) return;
    const std::string_view rest = user.substr(split + 1);
    const std::string_view worker = rest.substr(0, rest.find(separator));
    if (!worker.empty()) name.display.append(".").append(worker);
}

void find_payout(const dash::ChainParams& chain, UserName& name) {
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
        if (!dash::looks_like_address(name.address)) return;
        name.refusal = std::string("user name looks like a Dash address but cannot be paid on ") + chain.name + ": " +
                       error.what() + ". Check it, or use a name that is no address to mine for this node";
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
    split_worker(text.substr(0, split), name);
    while (split != std::string_view::npos) {
        const std::size_t next = text.find_first_of(kSymbols, split + 1);
        read_option(text[split], text.substr(split + 1, next - split - 1), name);
        split = next;
    }
    find_payout(chain, name);
    return name;
}

}  // namespace p2pool::stratum
