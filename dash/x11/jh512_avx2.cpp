#include "dash/x11/jh512_vectors.h"

namespace dash::x11::avx2 {

Digest512 jh512(ByteSpan input) {
    return jh512_vectors(input);
}

}  // namespace dash::x11::avx2
