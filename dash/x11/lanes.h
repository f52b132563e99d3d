#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "dash/x11/functions.h"
#include "dash/x11/vectors.h"
#include "dash/x11/words.h"

/// Several messages side by side: a vector holds the same word of each. Always inlined: see functions.h for why.
namespace dash::x11 {

/// Word i of each of kLanes<Words> texts (of type Header or Digest512), as load_little() or load_big() reads one.
template <typename Words, typename Text>
[[nodiscard, gnu::always_inline]] inline Words load_little_lanes(const Text* texts, std::size_t i) {
    Word<Words> words[kLanes<Words>];
    for (std::size_t lane = 0; lane < kLanes<Words>; ++lane)
        words[lane] = load_little<Word<Words>>(texts[lane].data() + sizeof(Word<Words>) * i);
    Words result;
    std::memcpy(&result, words, sizeof result);
    return result;
}

template <typename Words, typename Text>
[[nodiscard, gnu::always_inline]] inline Words load_big_lanes(const Text* texts, std::size_t i) {
    Word<Words> words[kLanes<Words>];
    for (std::size_t lane = 0; lane < kLanes<Words>; ++lane)
        words[lane] = load_big<Word<Words>>(texts[lane].data() + sizeof(Word<Words>) * i);
    Words result;
    std::memcpy(&result, words, sizeof result);
    return result;
}

template <typename Words>
[[gnu::always_inline]] inline void store_little_lanes(Digest512* digests, std::size_t i, Words x) {
    Word<Words> words[kLanes<Words>];
    std::memcpy(words, &x, sizeof x);
    for (std::size_t lane = 0; lane < kLanes<Words>; ++lane)
        store_little(digests[lane].data() + sizeof(Word<Words>) * i, words[lane]);
}

template <typename Words>
[[gnu::always_inline]] inline void store_big_lanes(Digest512* digests, std::size_t i, Words x) {
    Word<Words> words[kLanes<Words>];
    std::memcpy(words, &x, sizeof x);
    for (std::size_t lane = 0; lane < kLanes<Words>; ++lane)
        store_big(digests[lane].data() + sizeof(Word<Words>) * i, words[lane]);
}

}  // namespace dash::x11
