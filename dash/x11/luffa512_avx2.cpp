#include "dash/x11/luffa512_lanes.h"

namespace dash::x11::avx2 {

Digest512 luffa512(ByteSpan input) {
    return luffa512_lanes(input);
}

}  // namespace dash::x11::avx2
