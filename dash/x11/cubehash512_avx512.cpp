#include "dash/x11/cubehash512_vectors.h"

namespace dash::x11::avx512 {

Digest512 cubehash512(ByteSpan input) {
    return cubehash512_vectors<Words8>(input);
}

void cubehash512_lanes(Digest512* digests) {
    static_assert(kLanes<Words16> == kBatch);
    hash_lanes<Words16>(digests);
}

}  // namespace dash::x11::avx512
