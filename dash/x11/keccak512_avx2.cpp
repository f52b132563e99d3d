#include "dash/x11/keccak512_words.h"

namespace dash::x11::avx2 {

Digest512 keccak512(ByteSpan input) {
    return keccak512_words(input);
}

void keccak512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kLanes<LongWords4>)
        hash_lanes<LongWords4>(digests + i);
}

}  // namespace dash::x11::avx2
