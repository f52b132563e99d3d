#include "web/access/miner_login.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "dash/primitives/address.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/signed_message.h"
#include "web/access/password.h"
#include "web/access/secret.h"

namespace web {
namespace {

constexpr double kChallengeSeconds = 600;
constexpr double kSessionSeconds = 12 * 3600;
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kNonceBytes = 8;
constexpr std::size_t kLongestHost = 100;
constexpr std::size_t kLongestMessage = 400;

/// A host may be anything that a client writes; in the message it is what a host can look like.
std::string printable_host(const std::string& host) {
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-[]";
    const bool good =
        !host.empty() && host.size() <= kLongestHost && host.find_first_not_of(kAllowed) == std::string::npos;
    return good ? host : "this-node";
}

std::string begin_of(const std::string& address) {
    return "p2pool-dash sign-in of " + address + " at ";
}

/// "… until TIME nonce NONCE seal SEAL" → TIME; 0 when it does not look so.
double expiry_of(const std::string& message) {
    constexpr std::string_view kWord = " until ";
    const std::size_t start = message.rfind(kWord);
    if (start == std::string::npos) return 0;
    std::uint64_t value = 0;
    const char* digits = message.data() + start + kWord.size();
    const auto [end, error] = std::from_chars(digits, message.data() + message.size(), value);
    return error == std::errc() && end != digits ? static_cast<double>(value) : 0;
}

std::string hash_of(const std::string& token) {
    return dash::to_hex(dash::sha256(dash::as_bytes(token)));
}

constexpr std::string_view kSealWord = " seal ";

}  // namespace

MinerLogin::MinerLogin(const dash::ChainParams& chain, const dash::Clock& clock)
    : chain_(chain), clock_(clock), key_(secret_bytes(kKeyBytes)) {}

std::string MinerLogin::seal(const std::string& text) const {
    constexpr std::size_t kSealBytes = 16;
    std::array<std::uint8_t, 32> code{};
    unsigned size = code.size();
    if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), dash::as_bytes(text).data(), text.size(),
             code.data(), &size) == nullptr) {
        throw dash::Error("OpenSSL offers no HMAC-SHA256");
    }
    return dash::to_hex(dash::ByteSpan(code).first(kSealBytes));
}

dash::Hash160 MinerLogin::parse(const std::string& address) const {
    try {
        const dash::Address parsed = dash::parse_address(address, chain_);
        if (parsed.kind == dash::Address::Kind::kPubkeyHash) return parsed.hash;
    } catch (const dash::DecodeError& error) {
        throw LoginRefused("that is no address of this network: " + std::string(error.what()));
    }
    throw LoginRefused("a script address has no key to sign with");
}

MinerLogin::Challenge MinerLogin::challenge(const std::string& address, const std::string& host) const {
    (void)parse(address);
    Challenge challenge;
    challenge.expires_at = std::floor(clock_.unix_seconds() + kChallengeSeconds);
    const std::string text = begin_of(address) + printable_host(host) + " until " +
                             std::to_string(static_cast<std::uint64_t>(challenge.expires_at)) + " nonce " +
                             dash::to_hex(secret_bytes(kNonceBytes));
    challenge.message = text + std::string(kSealWord) + seal(text);
    return challenge;
}

MinerLogin::Session MinerLogin::sign_in(const std::string& address, const std::string& message,
                                        const std::string& signature) {
    const dash::Hash160 miner = parse(address);
    const std::size_t at = message.rfind(kSealWord);
    if (message.size() > kLongestMessage || at == std::string::npos || message.rfind(begin_of(address), 0) != 0) {
        throw LoginRefused("this message is not one that the node gave for this address; ask for a new one");
    }
    const std::string its_seal = message.substr(at + kSealWord.size());
    if (!equal_in_constant_time(its_seal, seal(message.substr(0, at)))) {
        throw LoginRefused("this message is not from this run of the node; ask for a new one");
    }
    if (expiry_of(message) < clock_.unix_seconds()) throw LoginRefused("the message is too old; ask for a new one");
    if (used_.find(its_seal) != nullptr) throw LoginRefused("the message was used already; ask for a new one");
    if (dash::message_signer(message, signature) != miner) {
        throw LoginRefused("the signature is not that of this address's key for this message");
    }
    used_.put(its_seal, true);
    Session session{dash::to_hex(secret_bytes(kTokenBytes)), clock_.unix_seconds() + kSessionSeconds};
    sessions_.put(hash_of(session.token), {miner, session.expires_at});
    return session;
}

void MinerLogin::sign_out(const std::string& token) {
    sessions_.erase(hash_of(token));
}

std::optional<dash::Hash160> MinerLogin::find(const std::string& token) {
    if (token.size() != 2 * kTokenBytes) return std::nullopt;
    const Known* known = sessions_.find(hash_of(token));
    if (known == nullptr) return std::nullopt;
    if (known->expires_at >= clock_.unix_seconds()) return known->miner;
    sign_out(token);
    return std::nullopt;
}

}  // namespace web
