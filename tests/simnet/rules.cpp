#include "tests/simnet/rules.h"

#include <algorithm>
#include <array>

#include "dash/primitives/target.h"
#include "dash/primitives/wide.h"

namespace simnet {
namespace {

constexpr std::uint32_t kSubsidyDeclineInterval = 150;
constexpr std::uint32_t kReallocationStart = 20;  // the superblock cycle after the activation at height 1
constexpr std::uint32_t kReallocationPeriod = 3 * kSuperblockCycle;
// The masternodes' share of a block in thousandths, period by period, until v20 fixes it at three quarters.
constexpr std::array<std::uint64_t, 19> kReallocationThousandths{513, 526, 533, 540, 546, 552, 557, 562, 567, 572,
                                                                 577, 582, 585, 588, 591, 594, 597, 599, 600};

constexpr std::uint32_t kVersionBitsBase = 0x20000000;
constexpr std::uint32_t kTestdummyBit = 1U << 28;

}  // namespace

std::uint32_t Rules::block_version(std::uint32_t height) const {
    const bool signalling = height >= testdummy_started && height < testdummy_active;
    return kVersionBitsBase | (signalling ? kTestdummyBit : 0);
}

std::uint16_t Rules::cbtx_version(std::uint32_t height) const {
    if (height < dip3) return 0;
    if (height >= v20) return 3;
    return height >= dip8 ? 2 : 1;
}

std::uint64_t Rules::whole_subsidy(std::uint32_t height) const {
    // Before v20 the base depends on the difficulty; at every difficulty a CPU can mine it is the largest, 500.
    std::uint64_t subsidy = (height >= v20 ? 5 : 500) * kCoin;
    for (std::uint32_t at = kSubsidyDeclineInterval; at < height; at += kSubsidyDeclineInterval)
        subsidy -= subsidy / 14;
    return subsidy;
}

std::uint64_t Rules::budget_part(std::uint32_t height) const {
    return whole_subsidy(height) / (height >= v20 ? 5 : 10);
}

std::uint64_t Rules::block_subsidy(std::uint32_t height) const {
    const bool budget = height > budget_start + 1;  // the rule looks at the height of the block before
    return whole_subsidy(height) - (budget ? budget_part(height) : 0);
}

std::uint64_t Rules::masternode_share(std::uint32_t height, std::uint64_t value) const {
    if (height < kReallocationStart) return value / 5;
    if (height >= v20) return value * 3 / 4;
    const std::size_t period = (height - kReallocationStart) / kReallocationPeriod;
    return value * kReallocationThousandths[std::min(period, kReallocationThousandths.size() - 1)] / 1000;
}

std::uint64_t Rules::platform_share(std::uint32_t height) const {
    if (height < v20 || height < mn_rr) return 0;
    return masternode_share(height, block_subsidy(height)) * 375 / 1000;
}

std::uint64_t Rules::superblock_limit(std::uint32_t height) const {
    if (!is_superblock_height(height) || height <= budget_start + 1) return 0;
    return budget_part(height) * kSuperblockCycle;
}

dash::Uint256 checked_target(std::uint32_t bits) {
    constexpr std::uint32_t kSignBit = 0x00800000;
    static const dash::Uint256 easiest = [] {
        auto limbs = dash::Uint256::max().limbs();
        limbs[3] >>= 1;
        return dash::Uint256(limbs);
    }();
    const std::uint32_t mantissa = bits & 0x007fffff;
    const std::uint32_t exponent = bits >> 24;
    if (mantissa == 0 || (bits & kSignBit) != 0 || exponent > 32) return {};
    const dash::Uint256 target = dash::target_from_bits(bits);
    return target > easiest ? dash::Uint256() : target;
}

std::uint64_t block_work(std::uint32_t bits) {
    const dash::Wide attempts = dash::average_attempts(checked_target(bits));
    return attempts > dash::Wide(UINT64_MAX) ? UINT64_MAX : attempts.convert_to<std::uint64_t>();
}

}  // namespace simnet
