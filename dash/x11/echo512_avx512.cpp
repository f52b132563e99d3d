#include "dash/x11/echo512_aes.h"
#include "dash/x11/functions.h"

namespace dash::x11::avx512 {

void echo512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += aes::kMessages<aes::FourMessages>)
        echo::hash_lanes<aes::FourMessages>(digests + i);
}

}  // namespace dash::x11::avx512
