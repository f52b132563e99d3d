#include "dash/x11/x11.h"

#include <algorithm>
#include <utility>

#include "dash/x11/functions.h"

namespace dash::x11 {
namespace {

constexpr FunctionSet kPortable = {"portable",
                                   {{{"blake512", portable::blake512},
                                     {"bmw512", portable::bmw512},
                                     {"groestl512", portable::groestl512},
                                     {"skein512", portable::skein512},
                                     {"jh512", portable::jh512},
                                     {"keccak512", portable::keccak512},
                                     {"luffa512", portable::luffa512},
                                     {"cubehash512", portable::cubehash512},
                                     {"shavite512", portable::shavite512},
                                     {"simd512", portable::simd512},
                                     {"echo512", portable::echo512}}}};

#if defined(__x86_64__)
constexpr FunctionSet kSse4 = {"sse4.1+aes",
                               {{{"blake512", portable::blake512},
                                 {"bmw512", portable::bmw512},
                                 {"groestl512", sse4::groestl512},
                                 {"skein512", portable::skein512},
                                 {"jh512", sse4::jh512},
                                 {"keccak512", portable::keccak512},
                                 {"luffa512", sse4::luffa512},
                                 {"cubehash512", portable::cubehash512},
                                 {"shavite512", sse4::shavite512},
                                 {"simd512", sse4::simd512},
                                 {"echo512", sse4::echo512}}}};

constexpr FunctionSet kAvx2 = {"avx2+aes",
                               {{{"blake512", portable::blake512},
                                 {"bmw512", portable::bmw512},
                                 {"groestl512", avx2::groestl512},
                                 {"skein512", portable::skein512},
                                 {"jh512", avx2::jh512},
                                 {"keccak512", avx2::keccak512},
                                 {"luffa512", avx2::luffa512},
                                 {"cubehash512", avx2::cubehash512},
                                 {"shavite512", sse4::shavite512},
                                 {"simd512", avx2::simd512},
                                 {"echo512", sse4::echo512}}}};

constexpr FunctionSet kAvx512 = {"avx512+gfni",
                                 {{{"blake512", portable::blake512},
                                   {"bmw512", portable::bmw512},
                                   {"groestl512", avx512::groestl512},
                                   {"skein512", portable::skein512},
                                   {"jh512", avx512::jh512},
                                   {"keccak512", avx2::keccak512},
                                   {"luffa512", avx512::luffa512},
                                   {"cubehash512", avx512::cubehash512},
                                   {"shavite512", sse4::shavite512},
                                   {"simd512", avx512::simd512},
                                   {"echo512", sse4::echo512}}}};

bool has_sse4() {
    return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("aes");
}

bool has_avx2() {
    return has_sse4() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}

bool has_avx512() {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("gfni");
}
#endif

template <const FunctionSet& kSet, std::size_t... kRest>
[[gnu::always_inline]] inline Digest512 chain_rest(Digest512 digest, std::index_sequence<kRest...>) {
    ((digest = kSet.members[1 + kRest].function(digest)), ...);
    return digest;
}

template <const FunctionSet& kSet>
Digest chain(ByteSpan input) {
    const Digest512 digest = chain_rest<kSet>(kSet.members[0].function(input), std::make_index_sequence<10>());
    Digest result;
    std::copy_n(digest.begin(), result.size(), result.begin());
    return result;
}

/// Calls add(set, its chain) for each set that this processor can run, slowest first.
template <typename Add>
void for_each_supported(Add add) {
    add(kPortable, chain<kPortable>);
#if defined(__x86_64__)
    if (has_sse4()) add(kSse4, chain<kSse4>);
    if (has_avx2()) add(kAvx2, chain<kAvx2>);
    if (has_avx512()) add(kAvx512, chain<kAvx512>);
#endif
}

}  // namespace

const std::vector<FunctionSet>& function_sets() {
    static const std::vector<FunctionSet> kSets = [] {
        std::vector<FunctionSet> sets;
        for_each_supported([&](const FunctionSet& set, auto) { sets.push_back(set); });
        return sets;
    }();
    return kSets;
}

const std::vector<Implementation>& implementations() {
    static const std::vector<Implementation> kImplementations = [] {
        std::vector<Implementation> result;
        for_each_supported([&](const FunctionSet& set, auto chain) { result.push_back({set.name, chain}); });
        return result;
    }();
    return kImplementations;
}

Digest hash(ByteSpan input) {
    static const auto kFastest = implementations().back().hash;
    return kFastest(input);
}

Uint256 hash_number(ByteSpan input) {
    return Uint256::from_bytes(hash(input));
}

}  // namespace dash::x11
