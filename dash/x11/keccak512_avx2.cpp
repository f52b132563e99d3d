#include "dash/x11/keccak512_words.h"

namespace dash::x11::avx2 {

Digest512 keccak512(ByteSpan input) {
    return keccak512_words(input);
}

}  // namespace dash::x11::avx2
