#include "dash/x11/simd512_wide.h"

namespace dash::x11::avx512 {

Digest512 simd512(ByteSpan input) {
    return simd512_wide(input);
}

}  // namespace dash::x11::avx512
