#include "dash/x11/keccak512_words.h"

namespace dash::x11::avx512 {

Digest512 keccak512(ByteSpan input) {
    return keccak512_words(input);
}

void keccak512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kLanes<LongWords8>)
        hash_lanes<LongWords8>(digests + i);
}

}  // namespace dash::x11::avx512
