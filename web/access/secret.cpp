#include "web/access/secret.h"

#include <openssl/rand.h>

#include "dash/util/error.h"

namespace web {

dash::Bytes secret_bytes(std::size_t count) {
    dash::Bytes bytes(count);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) throw dash::Error("no random numbers to be had");
    return bytes;
}

}  // namespace web
