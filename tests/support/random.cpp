#include "tests/support/random.h"

#include <array>
#include <string>

#include "dash/util/environment.h"

namespace tests {
namespace {

std::uint64_t chosen_seed() {
    const auto text = dash::environment("P2POOL_TEST_SEED");
    return text ? std::stoull(*text) : std::random_device()();
}

}  // namespace

Random::Random() : seed_(chosen_seed()), engine_(seed_) {}

std::string Random::how_to_repeat() const {
    return "repeat with P2POOL_TEST_SEED=" + std::to_string(seed_);
}

std::uint64_t Random::of_any_size(unsigned most_bits) {
    const auto bits = static_cast<unsigned>(below(most_bits + 1));
    return bits == 0 ? 0 : (u64() | std::uint64_t{1} << 63) >> (64 - bits);
}

dash::Bytes Random::bytes(std::size_t size) {
    dash::Bytes bytes(size);
    for (std::uint8_t& byte : bytes)
        byte = static_cast<std::uint8_t>(u64());
    return bytes;
}

dash::Uint256 Random::uint256() {
    return dash::Uint256(std::array<std::uint64_t, 4>{u64(), u64(), u64(), u64()});
}

dash::Uint256 Random::uint256_of_any_size() {
    const auto bits = static_cast<unsigned>(below(257));
    std::array<std::uint64_t, 4> limbs{};
    for (unsigned i = 0; i < bits / 64; ++i)
        limbs[i] = u64();
    if (bits % 64 != 0) limbs[bits / 64] = (u64() | std::uint64_t{1} << 63) >> (64 - bits % 64);
    return dash::Uint256(limbs);
}

dash::Bytes Random::mutated(dash::Bytes bytes, std::uint64_t most_changes) {
    for (std::uint64_t changes = below(most_changes + 1); changes > 0 && !bytes.empty(); --changes) {
        const std::size_t place = below(bytes.size());
        switch (below(3)) {
            case 0:
                bytes[place] = static_cast<std::uint8_t>(u64());
                break;
            case 1:
                bytes.resize(place);
                break;
            default:
                bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(place), 0xff);
        }
    }
    return bytes;
}

}  // namespace tests
