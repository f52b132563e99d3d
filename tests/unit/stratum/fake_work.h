#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "dash/primitives/bytes.h"
#include "dash/primitives/merkle.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/target.h"
#include "dash/util/clock.h"
#include "p2pool/stratum/difficulty.h"
#include "p2pool/work/work_source.h"

namespace tests {

/// A node that is a work source and nothing else. Every solution's hash is as good as the test says, and differs in its
/// lowest 64 bits from those of other solutions.
class FakeWork final : public p2pool::work::WorkSource {
  public:
    struct Accepted {
        std::string job_id;
        p2pool::work::Solution solution;
        std::string worker;
        dash::Uint256 credited_target;
        bool is_share = false;
        bool late = false;
        std::string user_name{};
    };

    explicit FakeWork(const dash::Clock& clock) : clock_(clock) {}

    /// Difficulty that each solution meets from now on.
    void set_quality(double difficulty) { quality_ = dash::target_from_difficulty(difficulty * 1.01); }
    void new_event() {
        ++event_;
        jobs_.clear();
    }
    void refresh() { jobs_.clear(); }

    [[nodiscard]] p2pool::work::JobPtr job(const p2pool::work::PayoutChoice& choice) override {
        if (!has_work) return nullptr;
        p2pool::work::JobPtr& job = jobs_[choice];
        if (!job) job = make_job(choice);
        return job;
    }
    [[nodiscard]] std::string no_work_reason() const override { return "the fake node has no work"; }
    [[nodiscard]] p2pool::work::CoinbaseParts coinbase(const p2pool::work::Job& job) const override {
        return coinbases_.at(job.id);
    }
    [[nodiscard]] dash::Uint256 merkle_root(const p2pool::work::Job& job, std::uint64_t extranonce) const override {
        dash::Bytes bytes = coinbases_.at(job.id).prefix;
        for (int shift = 0; shift < 64; shift += 8)
            bytes.push_back(static_cast<std::uint8_t>(extranonce >> shift));
        dash::append(bytes, coinbases_.at(job.id).suffix);
        return dash::root_from_branch(dash::sha256d(bytes), job.merkle_branch);
    }
    [[nodiscard]] std::vector<std::string> transaction_hex(const p2pool::work::Job&) const override {
        return transactions;
    }
    [[nodiscard]] p2pool::work::PayoutChoice apply_fee(const p2pool::work::PayoutChoice& choice) override {
        return takes_everything ? p2pool::work::PayoutChoice{node_payout_hash(), std::nullopt} : choice;
    }
    [[nodiscard]] dash::Hash160 node_payout_hash() override {
        dash::Hash160 hash{};
        hash.fill(0x4e);
        return hash;
    }
    [[nodiscard]] std::uint64_t work_event() const override { return event_; }

    [[nodiscard]] p2pool::work::Evaluation evaluate(const p2pool::work::JobPtr& job,
                                                    const p2pool::work::Solution& solution,
                                                    const p2pool::work::Worker&) override {
        ++evaluations;
        p2pool::work::Evaluation evaluation;
        auto limbs = quality_.limbs();
        limbs[0] = fingerprint(*job, solution);
        evaluation.hash = dash::Uint256(limbs);
        evaluation.is_block = evaluation.hash <= job->block_target;
        evaluation.is_share = evaluation.hash <= job->share_target;
        if (evaluation.is_block) blocks.push_back(solution);
        return evaluation;
    }

    void accept(const p2pool::work::JobPtr& job, const p2pool::work::Solution& solution,
                const p2pool::work::Evaluation& evaluation, const p2pool::work::Worker& worker,
                const dash::Uint256& credited_target, bool late) override {
        if (!keeps_record) return;
        accepted.push_back(
            {job->id, solution, worker.name, credited_target, evaluation.is_share, late, worker.user_name});
    }

    // What the next jobs are like.
    double share_difficulty = 1000;
    double block_difficulty = 1e6;
    std::vector<dash::Uint256> merkle_branch{dash::Uint256(1), dash::Uint256(2)};
    std::vector<std::string> transactions;  ///< of every job, in hex
    std::uint32_t version = 0x20000000;
    bool has_work = true;
    bool takes_everything = false;  ///< each job is one of the operator's fee

    // What happened.
    std::vector<p2pool::work::Solution> blocks;
    std::vector<Accepted> accepted;
    std::size_t evaluations = 0;
    std::size_t jobs_made = 0;
    bool keeps_record = true;

  private:
    p2pool::work::JobPtr make_job(const p2pool::work::PayoutChoice& choice) {
        const std::string number = std::to_string(++jobs_made);
        auto job = std::make_shared<p2pool::work::Job>();
        job->id = std::string(8 - number.size(), '0') + number;
        p2pool::work::CoinbaseParts& coinbase = coinbases_[job->id];
        coinbase.prefix = dash::from_hex("03000500010000");
        dash::append(coinbase.prefix, choice.pubkey_hash);
        dash::append(coinbase.prefix, dash::as_bytes(job->id));
        coinbase.suffix = dash::from_hex("00000000");
        job->merkle_branch = merkle_branch;
        job->version = version;
        job->previous_block = dash::Uint256({0x0706050403020100, 0x0f0e0d0c0b0a0908, 0x1716151413121110, event_});
        job->bits = 0x1b0404cb;
        job->time = static_cast<std::uint32_t>(clock_.unix_seconds());
        job->min_time = job->time - 600;
        job->block_target = dash::target_from_difficulty(block_difficulty);
        job->share_target = dash::target_from_difficulty(share_difficulty);
        job->easiest_target = job->share_target;
        job->work_event = event_;
        return job;
    }

    [[nodiscard]] std::uint64_t fingerprint(const p2pool::work::Job& job,
                                            const p2pool::work::Solution& solution) const {
        dash::Bytes bytes(coinbases_.at(job.id).prefix);
        for (const std::uint64_t value : {solution.extranonce, std::uint64_t{solution.time},
                                          std::uint64_t{solution.nonce}, std::uint64_t{solution.version}}) {
            for (int shift = 0; shift < 64; shift += 8)
                bytes.push_back(static_cast<std::uint8_t>(value >> shift));
        }
        return dash::sha256d(bytes).low64();
    }

    const dash::Clock& clock_;
    dash::Uint256 quality_ = dash::target_from_difficulty(1e5);
    std::uint64_t event_ = 1;
    std::map<p2pool::work::PayoutChoice, p2pool::work::JobPtr> jobs_;
    std::map<std::string, p2pool::work::CoinbaseParts> coinbases_;  ///< by job id
};

}  // namespace tests
