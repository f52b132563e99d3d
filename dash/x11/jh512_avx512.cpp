#include "dash/x11/jh512_vectors.h"

namespace dash::x11::avx512 {

Digest512 jh512(ByteSpan input) {
    return jh512_vectors(input);
}

void jh512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kMessages<LongWords8>)
        hash_lanes<LongWords8>(digests + i);
}

}  // namespace dash::x11::avx512
