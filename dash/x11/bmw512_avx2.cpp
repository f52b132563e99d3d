#include "dash/x11/bmw512_words.h"
#include "dash/x11/functions.h"

namespace dash::x11::avx2 {

void bmw512_lanes(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kLanes<LongWords4>)
        bmw::hash_lanes<LongWords4>(digests + i);
}

}  // namespace dash::x11::avx2
