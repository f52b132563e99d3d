#pragma once

#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dash/primitives/block.h"
#include "dash/primitives/uint256.h"
#include "tests/support/blocking_socket.h"

namespace end_to_end {

/// A job as mining.notify tells it.
struct NotifiedJob {
    std::string id;
    dash::Uint256 previous_block;
    dash::Bytes coinb1;
    dash::Bytes coinb2;
    std::vector<dash::Uint256> branch;
    std::uint32_t version = 0;
    std::uint32_t bits = 0;
    std::uint32_t time = 0;
    bool clean = false;
    dash::Uint256 target;  ///< of the difficulty in force
};

/// A solution and what it hashes to.
struct Found {
    std::string job_id;
    std::string extranonce2;
    std::string time;
    std::string nonce;
    dash::BlockHeader header;
    dash::Uint256 hash;
    dash::Transaction coinbase;
};

/// A miner that does one thing after another, written from the stratum convention and not from the node's code.
class Miner {
  public:
    /// Connects, subscribes and authorizes, and waits for the first job.
    Miner(std::uint16_t port, const std::string& user, const std::string& host = "127.0.0.1");

    /// The answer to a call; notifications that come meanwhile are taken in.
    nlohmann::json call(const std::string& method, const nlohmann::json& params);

    [[nodiscard]] const NotifiedJob& job() const { return *job_; }
    /// Takes in the notifications that came, or come within `patience` of each other.
    void take_in(std::chrono::milliseconds patience);
    /// Waits for a notification; throws when none comes.
    void wait_for_job(std::chrono::milliseconds patience = std::chrono::seconds(10));
    /// Waits until a job builds on another block than `previous`.
    void wait_for_block_after(dash::Uint256 previous, std::chrono::milliseconds patience = std::chrono::seconds(20));

    /// Searches a nonce whose hash is at most `at_most` and above `above`.
    [[nodiscard]] Found search(const dash::Uint256& at_most, const dash::Uint256& above = {});
    /// The whole answer of mining.submit.
    nlohmann::json submit(const Found& found);

    /// Searches for and submits a solution at the job's own difficulty; true when the answer was true.
    bool mine_one();

    [[nodiscard]] const std::string& extranonce1() const { return extranonce1_; }

  private:
    void handle(const nlohmann::json& message);
    [[nodiscard]] nlohmann::json read(std::chrono::milliseconds patience);

    tests::BlockingSocket socket_;
    std::string user_;
    std::string extranonce1_;
    std::size_t extranonce2_size_ = 0;
    std::uint64_t next_extranonce2_ = 1;
    double difficulty_ = 1;
    std::optional<NotifiedJob> job_;
    int next_id_ = 1;
    std::uint64_t jobs_seen_ = 0;
};

}  // namespace end_to_end
