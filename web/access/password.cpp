#include "web/access/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"
#include "web/access/secret.h"

namespace web {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::uint64_t kMemoryLimit = 64U << 20;

struct Cost {
    unsigned log_n = 14;
    unsigned r = 8;
    unsigned p = 1;
};

std::optional<dash::Bytes> scrypt(std::string_view password, const dash::Bytes& salt, const Cost& cost,
                                  std::size_t bytes) {
    dash::Bytes hash(bytes);
    const int good = EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(),
                                    std::uint64_t{1} << cost.log_n, cost.r, cost.p, kMemoryLimit, hash.data(), bytes);
    if (good != 1) return std::nullopt;
    return hash;
}

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find('$');
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

bool read_number(std::string_view text, unsigned most, unsigned& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value >= 1 && value <= most;
}

}  // namespace

std::string hash_password(std::string_view password) {
    const dash::Bytes salt = secret_bytes(kSaltBytes);
    const Cost cost;
    const auto hash = scrypt(password, salt, cost, kHashBytes);
    if (!hash) throw dash::Error("the password cannot be hashed");
    return "scrypt$" + std::to_string(cost.log_n) + "$" + std::to_string(cost.r) + "$" + std::to_string(cost.p) + "$" +
           dash::to_hex(salt) + "$" + dash::to_hex(*hash);
}

bool password_matches(std::string_view password, std::string_view hash) {
    const std::vector<std::string_view> parts = split(hash);
    Cost cost;
    if (parts.size() != 6 || parts[0] != "scrypt" || !read_number(parts[1], 15, cost.log_n) ||
        !read_number(parts[2], 16, cost.r) || !read_number(parts[3], 4, cost.p)) {
        return false;
    }
    try {
        const dash::Bytes salt = dash::from_hex(parts[4]);
        const dash::Bytes wanted = dash::from_hex(parts[5]);
        if (salt.size() < kSaltBytes || wanted.size() != kHashBytes) return false;
        const auto found = scrypt(password, salt, cost, wanted.size());
        return found && CRYPTO_memcmp(found->data(), wanted.data(), wanted.size()) == 0;
    } catch (const dash::DecodeError&) {
        return false;
    }
}

bool password_matches_old_hash(std::string_view password, std::string_view hash) {
    if (hash.size() != 64) return false;
    return equal_in_constant_time(dash::to_hex(dash::sha256(dash::as_bytes(password))), hash);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    // Of equal length, whatever the texts' lengths are.
    const auto left = dash::sha256(dash::as_bytes(a));
    const auto right = dash::sha256(dash::as_bytes(b));
    return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace web
