#include "dash/primitives/hash160.h"

#include <openssl/evp.h>

#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace dash {

Hash160 ripemd160(ByteSpan bytes) {
    Hash160 hash{};
    if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_ripemd160(), nullptr) != 1) {
        throw Error("OpenSSL offers no RIPEMD-160: enable its default provider in openssl.cnf");
    }
    return hash;
}

Hash160 hash160(ByteSpan bytes) {
    return ripemd160(sha256(bytes));
}

}  // namespace dash
