#include "dash/x11/blake512_words.h"
#include "dash/x11/functions.h"

namespace dash::x11::avx2 {

void blake512_lanes(const HeaderBytes* headers, Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; i += kLanes<LongWords4>)
        blake::hash_lanes<LongWords4>(headers + i, digests + i);
}

}  // namespace dash::x11::avx2
