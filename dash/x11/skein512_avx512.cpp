#include "dash/x11/functions.h"
#include "dash/x11/skein512_words.h"

namespace dash::x11::avx512 {

void skein512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kLanes<LongWords8>)
        skein::hash_lanes<LongWords8>(digests + i);
}

}  // namespace dash::x11::avx512
