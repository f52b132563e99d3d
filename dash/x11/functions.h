#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/x11/x11.h"

/// The eleven functions of the chain, each 512 bits wide, of any input length, thread-safe. The chain feeds 80 bytes to
/// the first and 64 to the others, so every function has a path without general buffering for those.
///
/// `portable` is plain C++ for any processor; the other namespaces hold faster code for x86-64, compiled file by file
/// with the flags of their instruction set (the suffix of the file name, see CMakeLists.txt). A function missing there
/// has nothing to gain: the sets in x11.cpp take it from a namespace before.
///
/// Functions `…_lanes` work on kBatch messages at once, in place, each side by side with as many others as their words
/// have room for in a vector. They know only the lengths of the chain: 80 bytes for the first function, 64 for the
/// others.
///
/// Code in files of an instruction set must not instantiate inline functions, or lambdas within them, that other files
/// use too: the linker may keep the copy of the wrong instruction set. So their helpers are always inlined or of
/// internal linkage.
namespace dash::x11 {

using Digest512 = std::array<std::uint8_t, 64>;
using Function512 = Digest512 (*)(ByteSpan input);

namespace portable {
[[nodiscard]] Digest512 blake512(ByteSpan input);
[[nodiscard]] Digest512 bmw512(ByteSpan input);
[[nodiscard]] Digest512 groestl512(ByteSpan input);
[[nodiscard]] Digest512 skein512(ByteSpan input);
[[nodiscard]] Digest512 jh512(ByteSpan input);
[[nodiscard]] Digest512 keccak512(ByteSpan input);
[[nodiscard]] Digest512 luffa512(ByteSpan input);
[[nodiscard]] Digest512 cubehash512(ByteSpan input);
[[nodiscard]] Digest512 shavite512(ByteSpan input);
[[nodiscard]] Digest512 simd512(ByteSpan input);
[[nodiscard]] Digest512 echo512(ByteSpan input);
}  // namespace portable

/// SSSE3, SSE4.1 and AES-NI: every x86-64 processor of the last decade. Files *_sse4.cpp.
namespace sse4 {
[[nodiscard]] Digest512 groestl512(ByteSpan input);
[[nodiscard]] Digest512 jh512(ByteSpan input);
[[nodiscard]] Digest512 luffa512(ByteSpan input);
[[nodiscard]] Digest512 shavite512(ByteSpan input);
[[nodiscard]] Digest512 simd512(ByteSpan input);
[[nodiscard]] Digest512 echo512(ByteSpan input);
}  // namespace sse4

/// AVX2, BMI1, BMI2 and AES-NI. Files *_avx2.cpp.
namespace avx2 {
[[nodiscard]] Digest512 groestl512(ByteSpan input);
[[nodiscard]] Digest512 jh512(ByteSpan input);
[[nodiscard]] Digest512 keccak512(ByteSpan input);
[[nodiscard]] Digest512 luffa512(ByteSpan input);
[[nodiscard]] Digest512 cubehash512(ByteSpan input);
[[nodiscard]] Digest512 simd512(ByteSpan input);

inline constexpr std::size_t kBatch = 8;
void blake512_lanes(const HeaderBytes* headers, Digest512* digests);
void bmw512_lanes(Digest512* digests);
void skein512_lanes(Digest512* digests);
void jh512_lanes(Digest512* digests);
void keccak512_lanes(Digest512* digests);
void luffa512_lanes(Digest512* digests);
void cubehash512_lanes(Digest512* digests);
}  // namespace avx2

/// AVX-512 (F, BW, DQ, VL), GFNI and VAES besides: Ice Lake, Zen 4 and later. One message takes vectors of 256 bits and
/// less, which gain logic of three operands, rotations and registers: code of AVX2 compiled anew. Files *_avx512.cpp.
namespace avx512 {
[[nodiscard]] Digest512 groestl512(ByteSpan input);
[[nodiscard]] Digest512 jh512(ByteSpan input);
[[nodiscard]] Digest512 keccak512(ByteSpan input);
[[nodiscard]] Digest512 luffa512(ByteSpan input);
[[nodiscard]] Digest512 cubehash512(ByteSpan input);
[[nodiscard]] Digest512 simd512(ByteSpan input);

inline constexpr std::size_t kBatch = 16;
void blake512_lanes(const HeaderBytes* headers, Digest512* digests);
void bmw512_lanes(Digest512* digests);
void groestl512_lanes(Digest512* digests);
void skein512_lanes(Digest512* digests);
void jh512_lanes(Digest512* digests);
void keccak512_lanes(Digest512* digests);
void luffa512_lanes(Digest512* digests);
void cubehash512_lanes(Digest512* digests);
void shavite512_lanes(Digest512* digests);
void simd512_lanes(Digest512* digests);
void echo512_lanes(Digest512* digests);
}  // namespace avx512

/// One implementation of each, in the order of the chain.
struct FunctionSet {
    struct Member {
        std::string_view name;
        Function512 function;
    };
    std::string_view name;  ///< as Implementation::name
    std::array<Member, 11> members;
};

/// Everything this processor can run, slowest first; entry for entry what implementations() chains.
[[nodiscard]] const std::vector<FunctionSet>& function_sets();

/// One implementation of each for `batch` messages at once, in the order of the chain; all but the first in place.
struct LaneSet {
    struct Member {
        std::string_view name;
        void (*function)(Digest512* digests);
    };
    std::string_view name;  ///< as Implementation::name
    std::size_t batch;
    void (*blake512)(const HeaderBytes* headers, Digest512* digests);
    std::array<Member, 10> others;
};

/// Everything this processor can run, slowest first. May be empty.
[[nodiscard]] const std::vector<LaneSet>& lane_sets();

}  // namespace dash::x11
