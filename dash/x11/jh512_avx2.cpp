#include "dash/x11/jh512_vectors.h"

namespace dash::x11::avx2 {

Digest512 jh512(ByteSpan input) {
    return jh512_vectors(input);
}

void jh512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kMessages<LongWords4>)
        hash_lanes<LongWords4>(digests + i);
}

}  // namespace dash::x11::avx2
