#include "dash/x11/cubehash512_vectors.h"

namespace dash::x11::avx2 {

Digest512 cubehash512(ByteSpan input) {
    return cubehash512_vectors<Words8>(input);
}

void cubehash512_lanes(Digest512* digests) {
    static_assert(kLanes<Words8> == kBatch);
    hash_lanes<Words8>(digests);
}

}  // namespace dash::x11::avx2
