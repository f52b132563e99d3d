#include "dash/primitives/sha256.h"

#include <algorithm>
#include <bit>
#include <string>

#include "dash/util/error.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define P2POOL_SHA256_X86 1
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace dash {
namespace {

/// The length field counts bits in 64 bits.
constexpr std::uint64_t kLongestMessage = UINT64_MAX / 8;

constexpr Sha256::State kInitialState{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

alignas(16) constexpr std::array<std::uint32_t, 64> kRoundConstants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t load_big_endian(const std::uint8_t* bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

void store_big_endian(std::uint32_t word, std::uint8_t* bytes) {
    for (int i = 0; i < 4; ++i)
        bytes[i] = static_cast<std::uint8_t>(word >> (24 - 8 * i));
}

// The functions of FIPS 180-4 section 4.1.2.
std::uint32_t big_sigma_0(std::uint32_t x) {
    return std::rotr(x, 2) ^ std::rotr(x, 13) ^ std::rotr(x, 22);
}
std::uint32_t big_sigma_1(std::uint32_t x) {
    return std::rotr(x, 6) ^ std::rotr(x, 11) ^ std::rotr(x, 25);
}
std::uint32_t small_sigma_0(std::uint32_t x) {
    return std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3);
}
std::uint32_t small_sigma_1(std::uint32_t x) {
    return std::rotr(x, 17) ^ std::rotr(x, 19) ^ (x >> 10);
}
std::uint32_t choose(std::uint32_t x, std::uint32_t y, std::uint32_t z) {
    return (x & y) ^ (~x & z);
}
std::uint32_t majority(std::uint32_t x, std::uint32_t y, std::uint32_t z) {
    return (x & y) ^ (x & z) ^ (y & z);
}

void compress_portable(Sha256::State& state, const std::uint8_t* data, std::size_t blocks) {
    for (; blocks != 0; --blocks, data += Sha256::kBlockBytes) {
        std::array<std::uint32_t, 64> schedule;
        for (std::size_t t = 0; t < 16; ++t)
            schedule[t] = load_big_endian(data + 4 * t);
        for (std::size_t t = 16; t < 64; ++t) {
            schedule[t] =
                small_sigma_1(schedule[t - 2]) + schedule[t - 7] + small_sigma_0(schedule[t - 15]) + schedule[t - 16];
        }
        auto [a, b, c, d, e, f, g, h] = state;
        for (std::size_t t = 0; t < 64; ++t) {
            const std::uint32_t t1 = h + big_sigma_1(e) + choose(e, f, g) + kRoundConstants[t] + schedule[t];
            const std::uint32_t t2 = big_sigma_0(a) + majority(a, b, c);
            h = g;
            g = f;
            f = e;
            e = d + t1;
            d = c;
            c = b;
            b = a;
            a = t1 + t2;
        }
        const Sha256::State mixed{a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < state.size(); ++i)
            state[i] += mixed[i];
    }
}

using Compress = void (*)(Sha256::State&, const std::uint8_t*, std::size_t);

#ifdef P2POOL_SHA256_X86

#define P2POOL_SHA_TARGET __attribute__((target("sha,sse4.1")))

/// The SHA extensions keep the eight variables in two registers: A B E F and C D G H, the first in the highest lane.
P2POOL_SHA_TARGET void compress_sha_extensions(Sha256::State& state, const std::uint8_t* data, std::size_t blocks) {
    const __m128i swap_words = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const auto vector = [](const void* from)
                            P2POOL_SHA_TARGET { return _mm_loadu_si128(static_cast<const __m128i*>(from)); };
    const __m128i cdab = _mm_shuffle_epi32(vector(&state[0]), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(vector(&state[4]), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

    for (; blocks != 0; --blocks, data += Sha256::kBlockBytes) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
        __m128i schedule[4];  // the sixteen latest words, oldest first
        for (int i = 0; i < 4; ++i)
            schedule[i] = _mm_shuffle_epi8(vector(data + 16 * i), swap_words);
        for (std::size_t quad = 0; quad < 16; ++quad) {
            if (quad >= 4) {
                const __m128i seven_back = _mm_alignr_epi8(schedule[3], schedule[2], 4);
                const __m128i sums = _mm_add_epi32(_mm_sha256msg1_epu32(schedule[0], schedule[1]), seven_back);
                const __m128i next = _mm_sha256msg2_epu32(sums, schedule[3]);
                schedule[0] = schedule[1];
                schedule[1] = schedule[2];
                schedule[2] = schedule[3];
                schedule[3] = next;
            }
            const __m128i words = quad < 4 ? schedule[quad] : schedule[3];
            const __m128i added = _mm_add_epi32(words, vector(&kRoundConstants[4 * quad]));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, added);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(added, 0x0e));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    const __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[0]), _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(&state[4]), _mm_alignr_epi8(dchg, feba, 8));
}

#undef P2POOL_SHA_TARGET

bool cpu_has_sha_extensions() {
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return false;
    const bool sse41 = (ecx & bit_SSE4_1) != 0 && (ecx & bit_SSSE3) != 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
    return sse41 && (ebx & bit_SHA) != 0;
}

Compress fastest_compress() {
    return cpu_has_sha_extensions() ? compress_sha_extensions : compress_portable;
}

#else

Compress fastest_compress() {
    return compress_portable;
}

#endif

void compress(Sha256::State& state, const std::uint8_t* data, std::size_t blocks) {
    static const Compress chosen = fastest_compress();
    chosen(state, data, blocks);
}

}  // namespace

Sha256::Sha256() : state_(kInitialState) {}

Sha256::Sha256(const State& state, ByteSpan pending, std::uint64_t length) : state_(state), length_(length) {
    if (length > kLongestMessage) throw DecodeError("SHA-256 state claims a longer message than SHA-256 can hash");
    if (pending.size() != length % kBlockBytes) {
        throw DecodeError("SHA-256 state with " + std::to_string(pending.size()) + " pending bytes instead of " +
                          std::to_string(length % kBlockBytes));
    }
    std::copy(pending.begin(), pending.end(), buffer_.begin());
}

Sha256& Sha256::update(ByteSpan bytes) {
    const std::size_t held = length_ % kBlockBytes;
    length_ += bytes.size();
    if (held != 0) {
        const ByteSpan filling = bytes.first(std::min(bytes.size(), kBlockBytes - held));
        std::copy(filling.begin(), filling.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(held));
        if (held + filling.size() < kBlockBytes) return *this;
        compress(state_, buffer_.data(), 1);
        bytes = bytes.subspan(filling.size());
    }
    const std::size_t blocks = bytes.size() / kBlockBytes;
    compress(state_, bytes.data(), blocks);
    const ByteSpan rest = bytes.subspan(blocks * kBlockBytes);
    std::copy(rest.begin(), rest.end(), buffer_.begin());
    return *this;
}

Sha256::Digest Sha256::finish() {
    constexpr std::size_t kLengthOffset = kBlockBytes - sizeof(std::uint64_t);
    if (length_ > kLongestMessage) throw DecodeError("message is longer than SHA-256 can hash");
    const std::uint64_t bits = 8 * length_;
    std::size_t held = length_ % kBlockBytes;
    buffer_[held++] = 0x80;
    if (held > kLengthOffset) {
        std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(held), buffer_.end(), std::uint8_t{0});
        compress(state_, buffer_.data(), 1);
        held = 0;
    }
    std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(held), buffer_.end(), std::uint8_t{0});
    store_big_endian(static_cast<std::uint32_t>(bits >> 32), &buffer_[kLengthOffset]);
    store_big_endian(static_cast<std::uint32_t>(bits), &buffer_[kLengthOffset + 4]);
    compress(state_, buffer_.data(), 1);
    return state_to_bytes(state_);
}

std::array<std::uint8_t, 32> state_to_bytes(const Sha256::State& state) {
    std::array<std::uint8_t, 32> bytes{};
    for (std::size_t i = 0; i < state.size(); ++i)
        store_big_endian(state[i], &bytes[4 * i]);
    return bytes;
}

Sha256::State state_from_bytes(ByteSpan bytes) {
    Sha256::State state{};
    if (bytes.size() != 4 * state.size()) {
        throw DecodeError("a SHA-256 state takes 32 bytes, not " + std::to_string(bytes.size()));
    }
    for (std::size_t i = 0; i < state.size(); ++i)
        state[i] = load_big_endian(&bytes[4 * i]);
    return state;
}

Sha256::Digest sha256(ByteSpan bytes) {
    return Sha256().update(bytes).finish();
}

Uint256 sha256d(ByteSpan bytes) {
    return Uint256::from_bytes(sha256(sha256(bytes)));
}

}  // namespace dash
