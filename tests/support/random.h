#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

namespace tests {

/// Random values for property tests. Each run takes another seed; put `INFO(random.how_to_repeat())` at the top of the
/// test, so that a failure tells it.
class Random {
  public:
    /// The seed is $P2POOL_TEST_SEED when set.
    Random();

    [[nodiscard]] std::string how_to_repeat() const;

    [[nodiscard]] std::uint64_t u64() { return engine_(); }
    /// 0 … bound − 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    /// A number whose bit length is uniformly distributed over 0 … most_bits.
    [[nodiscard]] std::uint64_t of_any_size(unsigned most_bits = 64);
    [[nodiscard]] dash::Bytes bytes(std::size_t size);
    /// With up to `most_changes` bytes changed or inserted, or the end cut off.
    [[nodiscard]] dash::Bytes mutated(dash::Bytes bytes, std::uint64_t most_changes);
    [[nodiscard]] dash::Uint256 uint256();
    /// A 256-bit number of uniformly distributed bit length.
    [[nodiscard]] dash::Uint256 uint256_of_any_size();

  private:
    std::uint64_t seed_;
    std::mt19937_64 engine_;
};

}  // namespace tests
