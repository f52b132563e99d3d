#include <algorithm>

#include "dash/x11/functions.h"
#include "dash/x11/skein512_words.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

using skein::kBlockBytes;

void compress_bytes(skein::Chain& chain, const std::uint8_t* bytes, std::uint64_t position, std::uint64_t flags) {
    std::uint64_t block[8];
    for (std::size_t i = 0; i < 8; ++i)
        block[i] = load_little<std::uint64_t>(bytes + 8 * i);
    skein::compress(chain.h, block, position, flags);
}

}  // namespace

Digest512 skein512(ByteSpan input) {
    skein::Chain chain = skein::kInitial;
    // The last block is never empty, but for the empty message.
    const std::size_t before_last = input.empty() ? 0 : (input.size() - 1) / kBlockBytes * kBlockBytes;
    std::uint64_t first = skein::kFirst;
    for (std::size_t i = 0; i < before_last; i += kBlockBytes) {
        compress_bytes(chain, input.data() + i, i + kBlockBytes, skein::kMessage | first);
        first = 0;
    }
    const ByteSpan rest = input.subspan(before_last);
    if (rest.size() == kBlockBytes) {
        compress_bytes(chain, rest.data(), input.size(), skein::kMessage | first | skein::kLast);
    } else {
        std::uint8_t last[kBlockBytes] = {};
        std::copy_n(rest.data(), rest.size(), last);
        compress_bytes(chain, last, input.size(), skein::kMessage | first | skein::kLast);
    }
    skein::finish(chain.h);
    Digest512 out;
    for (std::size_t i = 0; i < 8; ++i)
        store_little(out.data() + 8 * i, chain.h[i]);
    return out;
}

}  // namespace dash::x11::portable
