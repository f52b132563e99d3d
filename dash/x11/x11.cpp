#include "dash/x11/x11.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

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

constexpr FunctionSet kAvx512 = {"avx512+gfni+vaes",
                                 {{{"blake512", portable::blake512},
                                   {"bmw512", portable::bmw512},
                                   {"groestl512", avx512::groestl512},
                                   {"skein512", portable::skein512},
                                   {"jh512", avx512::jh512},
                                   {"keccak512", avx512::keccak512},
                                   {"luffa512", avx512::luffa512},
                                   {"cubehash512", avx512::cubehash512},
                                   {"shavite512", sse4::shavite512},
                                   {"simd512", avx512::simd512},
                                   {"echo512", sse4::echo512}}}};

/// A function of one message, for all of a batch.
template <Function512 kFunction, std::size_t kBatch>
void one_by_one(Digest512* digests) {
    for (std::size_t i = 0; i < kBatch; ++i)
        digests[i] = kFunction(digests[i]);
}

constexpr LaneSet kAvx2Lanes = {"avx2+aes",
                                avx2::kBatch,
                                avx2::blake512_lanes,
                                {{{"bmw512", avx2::bmw512_lanes},
                                  {"groestl512", one_by_one<avx2::groestl512, avx2::kBatch>},
                                  {"skein512", avx2::skein512_lanes},
                                  {"jh512", avx2::jh512_lanes},
                                  {"keccak512", avx2::keccak512_lanes},
                                  {"luffa512", avx2::luffa512_lanes},
                                  {"cubehash512", avx2::cubehash512_lanes},
                                  {"shavite512", one_by_one<sse4::shavite512, avx2::kBatch>},
                                  {"simd512", one_by_one<avx2::simd512, avx2::kBatch>},
                                  {"echo512", one_by_one<sse4::echo512, avx2::kBatch>}}}};

constexpr LaneSet kAvx512Lanes = {"avx512+gfni+vaes",
                                  avx512::kBatch,
                                  avx512::blake512_lanes,
                                  {{{"bmw512", avx512::bmw512_lanes},
                                    {"groestl512", avx512::groestl512_lanes},
                                    {"skein512", avx512::skein512_lanes},
                                    {"jh512", avx512::jh512_lanes},
                                    {"keccak512", avx512::keccak512_lanes},
                                    {"luffa512", avx512::luffa512_lanes},
                                    {"cubehash512", avx512::cubehash512_lanes},
                                    {"shavite512", avx512::shavite512_lanes},
                                    {"simd512", avx512::simd512_lanes},
                                    {"echo512", avx512::echo512_lanes}}}};

bool has_sse4() {
    return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("aes");
}

bool has_avx2() {
    return has_sse4() && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}

/// clang 14 does not know the name.
bool has_vaes() {
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    constexpr unsigned kFeatures = 7;
    return __get_cpuid_count(kFeatures, 0, &eax, &ebx, &ecx, &edx) != 0 && (ecx & bit_VAES) != 0;
}

bool has_avx512() {
    return has_avx2() && has_vaes() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("gfni");
}
#endif

template <const FunctionSet& kSet, std::size_t... kRest>
[[gnu::always_inline]] inline Digest512 chain_rest(Digest512 digest, std::index_sequence<kRest...>) {
    ((digest = kSet.members[1 + kRest].function(digest)), ...);
    return digest;
}

Digest first_half(const Digest512& digest) {
    Digest result;
    std::copy_n(digest.begin(), result.size(), result.begin());
    return result;
}

template <const FunctionSet& kSet>
Digest chain(ByteSpan input) {
    return first_half(chain_rest<kSet>(kSet.members[0].function(input), std::make_index_sequence<10>()));
}

template <const LaneSet& kSet>
void chain_of_many(const HeaderBytes* headers, Digest* digests) {
    Digest512 wide[kSet.batch];
    kSet.blake512(headers, wide);
    for (const LaneSet::Member& member : kSet.others)
        member.function(wide);
    std::transform(wide, wide + kSet.batch, digests, first_half);
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

/// Calls add(set, its chain, fewest): so many headers, filled up to a batch, take less time than one after the other.
template <typename Add>
void for_each_supported_lanes([[maybe_unused]] Add add) {
#if defined(__x86_64__)
    if (has_avx2()) add(kAvx2Lanes, chain_of_many<kAvx2Lanes>, std::size_t{5});
    if (has_avx512()) add(kAvx512Lanes, chain_of_many<kAvx512Lanes>, std::size_t{4});
#endif
}

std::size_t fewest_worth_filling() {
    std::size_t result = 0;
    for_each_supported_lanes([&result](const LaneSet&, auto, std::size_t fewest) { result = fewest; });
    return result;
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

const std::vector<LaneSet>& lane_sets() {
    static const std::vector<LaneSet> kSets = [] {
        std::vector<LaneSet> sets;
        for_each_supported_lanes([&](const LaneSet& set, auto, std::size_t) { sets.push_back(set); });
        return sets;
    }();
    return kSets;
}

const std::vector<ManyLanes>& many_lanes() {
    static const std::vector<ManyLanes> kLanes = [] {
        std::vector<ManyLanes> result;
        for_each_supported_lanes([&](const LaneSet& set, auto chain, std::size_t) {
            result.push_back({set.name, set.batch, chain});
        });
        return result;
    }();
    return kLanes;
}

void hash_many(std::span<const HeaderBytes> headers, std::span<Digest> digests) {
    if (headers.size() != digests.size()) throw std::invalid_argument("as many digests as headers are needed");
    if (!many_lanes().empty()) {
        const ManyLanes& lanes = many_lanes().back();
        for (; headers.size() >= lanes.batch; headers = headers.subspan(lanes.batch)) {
            lanes.hash(headers.data(), digests.data());
            digests = digests.subspan(lanes.batch);
        }
        static const std::size_t kFewest = fewest_worth_filling();
        if (headers.size() >= kFewest) {
            std::vector<HeaderBytes> filled(headers.begin(), headers.end());
            filled.resize(lanes.batch);
            std::vector<Digest> all(lanes.batch);
            lanes.hash(filled.data(), all.data());
            std::copy_n(all.begin(), digests.size(), digests.begin());
            return;
        }
    }
    for (std::size_t i = 0; i < headers.size(); ++i)
        digests[i] = hash(headers[i]);
}

Digest hash(ByteSpan input) {
    static const auto kFastest = implementations().back().hash;
    return kFastest(input);
}

Uint256 hash_number(ByteSpan input) {
    return Uint256::from_bytes(hash(input));
}

}  // namespace dash::x11
