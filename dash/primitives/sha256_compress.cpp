#include "dash/primitives/sha256_compress.h"

#include <bit>

#if defined(__x86_64__) && defined(__GNUC__)
#define P2POOL_SHA256_X86 1
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace dash::detail {
namespace {

using State = std::array<std::uint32_t, 8>;

constexpr std::size_t kBlockBytes = 64;

alignas(16) constexpr std::array<std::uint32_t, 64> kRoundConstants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

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

#ifdef P2POOL_SHA256_X86

__m128i load_vector(const void* from) {
    return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// The SHA extensions keep the eight variables in two registers: A B E F and C D G H, the first in the highest lane.
__attribute__((target("sha,sse4.1"))) void compress_sha_extensions(State& state, const std::uint8_t* data,
                                                                   std::size_t blocks) {
    const __m128i swap_words = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i cdab = _mm_shuffle_epi32(load_vector(&state[0]), 0xb1);
    const __m128i efgh = _mm_shuffle_epi32(load_vector(&state[4]), 0x1b);
    __m128i abef = _mm_alignr_epi8(cdab, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

    for (; blocks != 0; --blocks, data += kBlockBytes) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
        __m128i schedule[4];  // the sixteen latest words, oldest first
        for (int i = 0; i < 4; ++i)
            schedule[i] = _mm_shuffle_epi8(load_vector(data + 16 * i), swap_words);
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
            const __m128i added = _mm_add_epi32(words, load_vector(&kRoundConstants[4 * quad]));
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

#endif

}  // namespace

void sha256_compress_portable(std::array<std::uint32_t, 8>& state, const std::uint8_t* data, std::size_t blocks) {
    for (; blocks != 0; --blocks, data += kBlockBytes) {
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
        const State mixed{a, b, c, d, e, f, g, h};
        for (std::size_t i = 0; i < state.size(); ++i)
            state[i] += mixed[i];
    }
}

#ifdef P2POOL_SHA256_X86
Sha256Compress sha256_compress_extensions() {
    return cpu_has_sha_extensions() ? compress_sha_extensions : nullptr;
}
#else
Sha256Compress sha256_compress_extensions() {
    return nullptr;
}
#endif

}  // namespace dash::detail
