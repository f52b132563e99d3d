#include "dash/x11/bmw512_words.h"
#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/words.h"

namespace dash::x11::portable {
namespace {

constexpr std::size_t kBlockBytes = 128;
constexpr std::size_t kLengthBytes = 8;

using Chain = std::uint64_t[16];

template <std::size_t kWords>
void load(Chain& m, const std::uint8_t* bytes) {
    for (std::size_t i = 0; i < kWords; ++i)
        m[i] = load_little<std::uint64_t>(bytes + 8 * i);
}

void compress_bytes(Chain& h, const std::uint8_t* block) {
    Chain m;
    load<16>(m, block);
    bmw::compress(h, m);
}

void absorb_digest(Chain& h, const std::uint8_t* digest) {
    Chain m;
    load<bmw::kDigestWords>(m, digest);
    bmw::compress_digest(h, m);
}

void absorb(Chain& h, ByteSpan input) {
    const std::size_t whole = input.size() - input.size() % kBlockBytes;
    for (std::size_t i = 0; i < whole; i += kBlockBytes)
        compress_bytes(h, input.data() + i);

    PaddedTail<kBlockBytes, kLengthBytes> tail(input);
    store_little(tail.trailer(), std::uint64_t{input.size()} * 8);
    for (std::size_t i = 0; i < tail.size; i += kBlockBytes)
        compress_bytes(h, tail.bytes + i);
}

}  // namespace

Digest512 bmw512(ByteSpan input) {
    Chain h;
    bmw::start(h);
    if (input.size() == sizeof(Digest512)) {
        absorb_digest(h, input.data());
    } else {
        absorb(h, input);
    }
    Chain result;
    bmw::finish(result, h);
    Digest512 out;
    for (std::size_t i = 0; i < bmw::kDigestWords; ++i)
        store_little(out.data() + 8 * i, result[8 + i]);
    return out;
}

}  // namespace dash::x11::portable
