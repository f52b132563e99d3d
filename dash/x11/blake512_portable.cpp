#include "dash/x11/blake512_words.h"
#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

constexpr std::size_t kBlockBytes = 128;
constexpr std::size_t kLengthBytes = 16;

using Chain = std::uint64_t[8];
using Block = std::uint64_t[16];

template <std::size_t kWords>
void load(Block& m, const std::uint8_t* bytes) {
    for (std::size_t i = 0; i < kWords; ++i)
        m[i] = load_big<std::uint64_t>(bytes + 8 * i);
}

void compress(Chain& h, const std::uint8_t* block, std::uint64_t bits) {
    Block m;
    load<16>(m, block);
    blake::compress(h, m, bits);
}

void absorb_header(Chain& h, const std::uint8_t* header) {
    Block m;
    load<blake::kHeaderWords>(m, header);
    blake::compress_header(h, m);
}

void absorb(Chain& h, ByteSpan input) {
    const std::size_t whole = input.size() - input.size() % kBlockBytes;
    for (std::size_t i = 0; i < whole; i += kBlockBytes)
        compress(h, input.data() + i, (i + kBlockBytes) * 8);

    const std::uint64_t bits = std::uint64_t{input.size()} * 8;
    PaddedTail<kBlockBytes, kLengthBytes> tail(input);
    tail.trailer()[-1] |= 0x01;
    store_big(tail.trailer() + 8, bits);
    compress(h, tail.bytes, tail.message_bytes > 0 ? bits : 0);
    if (tail.size > kBlockBytes) compress(h, tail.last_block(), 0);
}

}  // namespace

Digest512 blake512(ByteSpan input) {
    Chain h;
    blake::start(h);
    if (input.size() == sizeof(HeaderBytes)) {
        absorb_header(h, input.data());
    } else {
        absorb(h, input);
    }
    Digest512 out;
    for (std::size_t i = 0; i < 8; ++i)
        store_big(out.data() + 8 * i, h[i]);
    return out;
}

}  // namespace dash::x11::portable
