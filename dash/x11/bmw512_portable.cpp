#include <utility>

#include "dash/x11/functions.h"
#include "dash/x11/padding.h"
#include "dash/x11/words.h"

// Blue Midnight Wish 512 as tweaked for the second round of the SHA-3 competition.
namespace dash::x11::portable {
namespace {

constexpr std::size_t kBlockBytes = 128;
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kDigestBytes = 64;

using Words = std::uint64_t[16];

/// Word i of f0's linear part: five words of message xor chaining value, added or subtracted.
struct Term {
    std::uint8_t word;
    bool minus;
};
constexpr bool kPlus = false;
constexpr bool kMinus = true;
constexpr Term kTerms[16][5] = {
    {{5, kPlus}, {7, kMinus}, {10, kPlus}, {13, kPlus}, {14, kPlus}},
    {{6, kPlus}, {8, kMinus}, {11, kPlus}, {14, kPlus}, {15, kMinus}},
    {{0, kPlus}, {7, kPlus}, {9, kPlus}, {12, kMinus}, {15, kPlus}},
    {{0, kPlus}, {1, kMinus}, {8, kPlus}, {10, kMinus}, {13, kPlus}},
    {{1, kPlus}, {2, kPlus}, {9, kPlus}, {11, kMinus}, {14, kMinus}},
    {{3, kPlus}, {2, kMinus}, {10, kPlus}, {12, kMinus}, {15, kPlus}},
    {{4, kPlus}, {0, kMinus}, {3, kMinus}, {11, kMinus}, {13, kPlus}},
    {{1, kPlus}, {4, kMinus}, {5, kMinus}, {12, kMinus}, {14, kMinus}},
    {{2, kPlus}, {5, kMinus}, {6, kMinus}, {13, kPlus}, {15, kMinus}},
    {{0, kPlus}, {3, kMinus}, {6, kPlus}, {7, kMinus}, {14, kPlus}},
    {{8, kPlus}, {1, kMinus}, {4, kMinus}, {7, kMinus}, {15, kPlus}},
    {{8, kPlus}, {0, kMinus}, {2, kMinus}, {5, kMinus}, {9, kPlus}},
    {{1, kPlus}, {3, kPlus}, {6, kMinus}, {9, kMinus}, {10, kPlus}},
    {{2, kPlus}, {4, kPlus}, {7, kPlus}, {10, kPlus}, {11, kPlus}},
    {{3, kPlus}, {5, kMinus}, {8, kPlus}, {11, kMinus}, {12, kMinus}},
    {{12, kPlus}, {4, kMinus}, {6, kMinus}, {9, kMinus}, {13, kPlus}},
};

/// The functions s0 … s5 of the specification.
template <std::size_t kIndex>
[[gnu::always_inline]] inline std::uint64_t s(std::uint64_t x) {
    if constexpr (kIndex == 0) return (x >> 1) ^ (x << 3) ^ rotate_left<4>(x) ^ rotate_left<37>(x);
    if constexpr (kIndex == 1) return (x >> 1) ^ (x << 2) ^ rotate_left<13>(x) ^ rotate_left<43>(x);
    if constexpr (kIndex == 2) return (x >> 2) ^ (x << 1) ^ rotate_left<19>(x) ^ rotate_left<53>(x);
    if constexpr (kIndex == 3) return (x >> 2) ^ (x << 2) ^ rotate_left<28>(x) ^ rotate_left<59>(x);
    if constexpr (kIndex == 4) return (x >> 1) ^ x;
    if constexpr (kIndex == 5) return (x >> 2) ^ x;
}

template <std::size_t i>
[[gnu::always_inline]] inline std::uint64_t linear(const Words& x) {
    std::uint64_t sum = 0;
    for (const Term& term : kTerms[i])
        sum = term.minus ? sum - x[term.word] : sum + x[term.word];
    return sum;
}

/// What message and chaining value add to word 16 + i of the quadruple pipe.
template <std::size_t i>
[[gnu::always_inline]] inline std::uint64_t added(const Words& m, const Words& h) {
    constexpr std::uint64_t kConstant = (16 + i) * 0x0555555555555555;
    constexpr std::size_t kSecond = (i + 3) % 16;
    constexpr std::size_t kThird = (i + 10) % 16;
    return (rotate_left<i + 1>(m[i]) + rotate_left<kSecond + 1>(m[kSecond]) - rotate_left<kThird + 1>(m[kThird]) +
            kConstant) ^
           h[(i + 7) % 16];
}

template <std::size_t i>
[[gnu::always_inline]] inline std::uint64_t expand1(const std::uint64_t* q) {
    const std::uint64_t* const last = q + i;
    return s<1>(last[0]) + s<2>(last[1]) + s<3>(last[2]) + s<0>(last[3]) + s<1>(last[4]) + s<2>(last[5]) +
           s<3>(last[6]) + s<0>(last[7]) + s<1>(last[8]) + s<2>(last[9]) + s<3>(last[10]) + s<0>(last[11]) +
           s<1>(last[12]) + s<2>(last[13]) + s<3>(last[14]) + s<0>(last[15]);
}

/// `sums` are of every second of the fourteen words before, the even and the odd ones, kept from word to word.
template <std::size_t i>
[[gnu::always_inline]] inline std::uint64_t expand2(const std::uint64_t* q, std::uint64_t (&sums)[2]) {
    const std::uint64_t* const last = q + i;
    const std::uint64_t sum = sums[i % 2];
    sums[i % 2] += last[14] - last[0];
    return sum + rotate_left<5>(last[1]) + rotate_left<11>(last[3]) + rotate_left<27>(last[5]) +
           rotate_left<32>(last[7]) + rotate_left<37>(last[9]) + rotate_left<43>(last[11]) + rotate_left<53>(last[13]) +
           s<4>(last[14]) + s<5>(last[15]);
}

template <std::size_t i>
[[gnu::always_inline]] inline std::uint64_t expand(const std::uint64_t* q, std::uint64_t (&sums)[2], const Words& m,
                                                   const Words& h) {
    return (i < 2 ? expand1<i>(q) : expand2<i>(q, sums)) + added<i>(m, h);
}

/// f0 and f1: fills the quadruple pipe q[0 … 31].
template <std::size_t... i>
[[gnu::always_inline]] inline void fill_pipe(std::uint64_t (&q)[32], const Words& m, const Words& h,
                                             std::index_sequence<i...>) {
    Words x;
    ((x[i] = m[i] ^ h[i]), ...);
    ((q[i] = s<i % 5>(linear<i>(x)) + h[(i + 1) % 16]), ...);
    std::uint64_t sums[2] = {q[2] + q[4] + q[6] + q[8] + q[10] + q[12] + q[14],
                             q[3] + q[5] + q[7] + q[9] + q[11] + q[13] + q[15]};
    ((q[16 + i] = expand<i>(q, sums, m, h)), ...);
}

void compress(Words& h, const Words& m) {
    std::uint64_t q[32];
    fill_pipe(q, m, h, std::make_index_sequence<16>());
    const std::uint64_t low = q[16] ^ q[17] ^ q[18] ^ q[19] ^ q[20] ^ q[21] ^ q[22] ^ q[23];
    const std::uint64_t high = low ^ q[24] ^ q[25] ^ q[26] ^ q[27] ^ q[28] ^ q[29] ^ q[30] ^ q[31];
    h[0] = ((high << 5) ^ (q[16] >> 5) ^ m[0]) + (low ^ q[24] ^ q[0]);
    h[1] = ((high >> 7) ^ (q[17] << 8) ^ m[1]) + (low ^ q[25] ^ q[1]);
    h[2] = ((high >> 5) ^ (q[18] << 5) ^ m[2]) + (low ^ q[26] ^ q[2]);
    h[3] = ((high >> 1) ^ (q[19] << 5) ^ m[3]) + (low ^ q[27] ^ q[3]);
    h[4] = ((high >> 3) ^ q[20] ^ m[4]) + (low ^ q[28] ^ q[4]);
    h[5] = ((high << 6) ^ (q[21] >> 6) ^ m[5]) + (low ^ q[29] ^ q[5]);
    h[6] = ((high >> 4) ^ (q[22] << 6) ^ m[6]) + (low ^ q[30] ^ q[6]);
    h[7] = ((high >> 11) ^ (q[23] << 2) ^ m[7]) + (low ^ q[31] ^ q[7]);
    h[8] = rotate_left<9>(h[4]) + (high ^ q[24] ^ m[8]) + ((low << 8) ^ q[23] ^ q[8]);
    h[9] = rotate_left<10>(h[5]) + (high ^ q[25] ^ m[9]) + ((low >> 6) ^ q[16] ^ q[9]);
    h[10] = rotate_left<11>(h[6]) + (high ^ q[26] ^ m[10]) + ((low << 6) ^ q[17] ^ q[10]);
    h[11] = rotate_left<12>(h[7]) + (high ^ q[27] ^ m[11]) + ((low << 4) ^ q[18] ^ q[11]);
    h[12] = rotate_left<13>(h[0]) + (high ^ q[28] ^ m[12]) + ((low >> 3) ^ q[19] ^ q[12]);
    h[13] = rotate_left<14>(h[1]) + (high ^ q[29] ^ m[13]) + ((low >> 4) ^ q[20] ^ q[13]);
    h[14] = rotate_left<15>(h[2]) + (high ^ q[30] ^ m[14]) + ((low >> 7) ^ q[21] ^ q[14]);
    h[15] = rotate_left<16>(h[3]) + (high ^ q[31] ^ m[15]) + ((low >> 2) ^ q[22] ^ q[15]);
}

template <std::size_t kWords>
void load(Words& m, const std::uint8_t* bytes) {
    for (std::size_t i = 0; i < kWords; ++i)
        m[i] = load_little<std::uint64_t>(bytes + 8 * i);
}

void compress_bytes(Words& h, const std::uint8_t* block) {
    Words m;
    load<16>(m, block);
    compress(h, m);
}

/// What the chain asks for: one block, whose padding is known.
void absorb_digest(Words& h, const std::uint8_t* digest) {
    Words m = {};
    load<kDigestBytes / 8>(m, digest);
    m[kDigestBytes / 8] = 0x80;
    m[15] = kDigestBytes * 8;
    compress(h, m);
}

void absorb(Words& h, ByteSpan input) {
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
    Words h;
    for (std::size_t i = 0; i < 16; ++i)
        h[i] = 0x8081828384858687 + i * 0x0808080808080808;
    if (input.size() == kDigestBytes) {
        absorb_digest(h, input.data());
    } else {
        absorb(h, input);
    }
    // The final compression takes the chaining value as its message.
    Words result;
    for (std::size_t i = 0; i < 16; ++i)
        result[i] = 0xaaaaaaaaaaaaaaa0 + i;
    compress(result, h);
    Digest512 out;
    for (std::size_t i = 0; i < 8; ++i)
        store_little(out.data() + 8 * i, result[8 + i]);
    return out;
}

}  // namespace dash::x11::portable
