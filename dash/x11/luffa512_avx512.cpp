#include "dash/x11/luffa512_wide.h"
#include "dash/x11/luffa512_words.h"

namespace dash::x11::avx512 {

Digest512 luffa512(ByteSpan input) {
    return luffa512_wide(input);
}

void luffa512_lanes(Digest512* digests) {
    static_assert(kLanes<Words16> == kBatch);
    luffa::hash_lanes<Words16>(digests);
}

}  // namespace dash::x11::avx512
