#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dash/primitives/block.h"
#include "dash/primitives/bytes.h"
#include "dash/primitives/uint256.h"

namespace stratum_client {

/// One mining.notify, decoded.
struct Job {
    std::string id;
    dash::Uint256 previous_block;
    dash::Bytes coinbase_start;
    dash::Bytes coinbase_end;
    std::vector<dash::Uint256> branch;
    std::uint32_t version = 0;
    std::uint32_t bits = 0;
    std::uint32_t time = 0;
    bool clean = false;
};

/// The second parameter of mining.notify: each of the hash's eight words is reversed. Throws dash::DecodeError.
[[nodiscard]] dash::Uint256 parse_previous_block(std::string_view hex);

/// `params` of mining.notify; throws dash::DecodeError.
[[nodiscard]] Job parse_job(const nlohmann::json& params);

/// All a connection needs to look for solutions.
struct Work {
    Job job;
    dash::Bytes extranonce1;
    std::size_t extranonce2_size = 4;
    dash::Uint256 target;
    std::uint32_t version_mask = 0;  ///< bits the server allows to roll; 0: none
};

struct Solution {
    std::string job_id;
    dash::Bytes extranonce2;
    std::uint32_t time = 0;
    std::uint32_t nonce = 0;
    std::uint32_t version_bits = 0;
};

/// Some bits to roll, different from one value of extranonce2 to the next.
[[nodiscard]] constexpr std::uint32_t version_bits_for(std::uint64_t extranonce2) {
    return static_cast<std::uint32_t>(extranonce2 * 0x9e3779b1U);
}

/// The header for one value of extranonce2 (its lowest extranonce2_size bytes are used), nonce 0.
class Candidate {
  public:
    Candidate(const Work& work, std::uint64_t extranonce2, std::uint32_t version_bits);

    /// X11 of the header with this nonce.
    [[nodiscard]] dash::Uint256 hash(std::uint32_t nonce);
    [[nodiscard]] Solution solution(std::uint32_t nonce) const;

  private:
    std::array<std::uint8_t, dash::BlockHeader::kBytes> header_{};
    Solution solution_;
};

}  // namespace stratum_client
