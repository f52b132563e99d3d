#include "dash/x11/functions.h"
#include "dash/x11/shavite512_aes.h"

namespace dash::x11::avx512 {

void shavite512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += aes::kMessages<aes::FourMessages>)
        shavite::hash_lanes<aes::FourMessages>(digests + i);
}

}  // namespace dash::x11::avx512
