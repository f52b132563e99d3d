#include "tests/stratum_client/job.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "dash/primitives/merkle.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"
#include "dash/x11/x11.h"

namespace stratum_client {
namespace {

constexpr std::size_t kNonceOffset = dash::BlockHeader::kBytes - 4;

std::uint32_t read_hex32(const nlohmann::json& value) {
    const auto& text = value.get_ref<const std::string&>();
    std::uint32_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size())
        throw dash::DecodeError("not a number in hex: " + text);
    return number;
}

}  // namespace

dash::Uint256 parse_previous_block(std::string_view hex) {
    dash::Bytes bytes = dash::from_hex(hex);
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                     bytes.begin() + static_cast<std::ptrdiff_t>(i + 4));
    }
    return dash::Uint256::from_bytes(bytes);
}

Job parse_job(const nlohmann::json& params) {
    try {
        Job job;
        job.id = params.at(0).get<std::string>();
        job.previous_block = parse_previous_block(params.at(1).get_ref<const std::string&>());
        job.coinbase_start = dash::from_hex(params.at(2).get_ref<const std::string&>());
        job.coinbase_end = dash::from_hex(params.at(3).get_ref<const std::string&>());
        for (const auto& sibling : params.at(4)) {
            job.branch.push_back(dash::Uint256::from_bytes(dash::from_hex(sibling.get_ref<const std::string&>())));
        }
        job.version = read_hex32(params.at(5));
        job.bits = read_hex32(params.at(6));
        job.time = read_hex32(params.at(7));
        job.clean = params.at(8).get<bool>();
        return job;
    } catch (const nlohmann::json::exception& error) {
        throw dash::DecodeError(std::string("mining.notify of an unknown form: ") + error.what());
    }
}

Candidate::Candidate(const Work& work, std::uint64_t extranonce2, std::uint32_t version_bits) {
    solution_.job_id = work.job.id;
    solution_.time = work.job.time;
    solution_.version_bits = version_bits & work.version_mask;
    for (std::size_t i = 0; i < work.extranonce2_size; ++i) {
        solution_.extranonce2.push_back(i < sizeof extranonce2 ? static_cast<std::uint8_t>(extranonce2 >> (8 * i)) : 0);
    }
    dash::Bytes coinbase = work.job.coinbase_start;
    dash::append(coinbase, work.extranonce1);
    dash::append(coinbase, solution_.extranonce2);
    dash::append(coinbase, work.job.coinbase_end);

    dash::BlockHeader header;
    header.version = (work.job.version & ~work.version_mask) | solution_.version_bits;
    header.previous_block = work.job.previous_block;
    header.merkle_root = dash::root_from_branch(dash::sha256d(coinbase), work.job.branch);
    header.timestamp = work.job.time;
    header.bits = work.job.bits;
    header_ = header.serialize();
}

dash::Uint256 Candidate::hash(std::uint32_t nonce) {
    for (std::size_t i = 0; i < 4; ++i)
        header_[kNonceOffset + i] = static_cast<std::uint8_t>(nonce >> (8 * i));
    return dash::x11::hash_number(header_);
}

Solution Candidate::solution(std::uint32_t nonce) const {
    Solution result = solution_;
    result.nonce = nonce;
    return result;
}

}  // namespace stratum_client
