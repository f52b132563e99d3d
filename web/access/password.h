#pragma once

#include <string>
#include <string_view>

namespace web {

/// "scrypt$14$8$1$<salt>$<hash>" (RFC 7914: cost 2^14, block size 8, parallelism 1; salt and hash in hex) with a fresh
/// random salt.
[[nodiscard]] std::string hash_password(std::string_view password);

/// False also for a text that is no such hash. Costs some 40 ms.
[[nodiscard]] bool password_matches(std::string_view password, std::string_view hash);

/// The python node's unsalted form: SHA-256 in hex. False for anything that is not 64 hex digits.
[[nodiscard]] bool password_matches_old_hash(std::string_view password, std::string_view hash);

/// Takes as long whatever the texts have in common.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace web
