#include "dash/x11/cubehash512_vectors.h"

namespace dash::x11::avx2 {

Digest512 cubehash512(ByteSpan input) {
    return cubehash512_vectors<Words8>(input);
}

}  // namespace dash::x11::avx2
