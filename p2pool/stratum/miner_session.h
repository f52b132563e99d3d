#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "p2pool/stratum/miner_context.h"
#include "p2pool/stratum/submit.h"
#include "p2pool/stratum/token_bucket.h"
#include "p2pool/stratum/user_name.h"

namespace p2pool::stratum {

/// Work for one connection, as pieces to be written one after the other. Valid as long as it lives.
struct WorkPush {
    std::string set_difficulty;  ///< empty when the miner knows it already
    std::string id;
    std::shared_ptr<const Notify> notify;
    bool clean = false;

    [[nodiscard]] std::array<std::string_view, 5> pieces() const {
        return {set_difficulty, kNotifyHead, id, notify->body, clean ? kNotifyCleanTail : kNotifyTail};
    }
};

/// One miner's side of the stratum protocol, without the socket: lines in, lines out. Node thread only.
///
/// Work is sent once the miner is subscribed and authorized, so that nobody hashes for the node while his own name is
/// on the way. An observer that only subscribes gets work for the node after a moment.
class MinerSession {
  public:
    MinerSession(MinerContext& context, std::string ip);
    /// Leaves what can be resumed to the context.
    ~MinerSession();
    MinerSession(const MinerSession&) = delete;
    MinerSession& operator=(const MinerSession&) = delete;

    /// Handles one line (without its end) and appends the answer, and what else there is to say, to `out`. False: the
    /// connection is to be closed once that is sent.
    [[nodiscard]] bool handle_line(std::string_view line, std::string& out);

    /// The current work; nullopt when the miner gets none now, or has it already. `clean`: earlier jobs cannot win any
    /// more.
    [[nodiscard]] std::optional<WorkPush> next_work(bool clean);

    /// Once a second: forgets expired jobs; gives an observer its first work.
    [[nodiscard]] std::optional<WorkPush> tick();

    [[nodiscard]] bool is_subscribed() const { return !session_id_.empty(); }
    [[nodiscard]] bool is_authorized() const { return !workers_.empty(); }
    /// How long reading from this miner should pause, because he made the node work more than its share.
    [[nodiscard]] double pause_seconds();

    /// What the miner called himself, as the statistics name it; empty before authorize.
    [[nodiscard]] std::string worker_name() const;
    [[nodiscard]] const Difficulty& difficulty() const { return sent_difficulty_; }
    [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
    [[nodiscard]] std::uint64_t submitted() const { return submitted_; }
    [[nodiscard]] double last_submit() const { return last_submit_; }  ///< steady seconds; 0 = never
    [[nodiscard]] double started() const { return started_; }          ///< steady seconds

  private:
    /// The bits of a header version that may be rolled at all (BIP 320).
    static constexpr std::uint32_t kRollableBits = 0x1fffe000;
    /// Names that one connection may submit under; proxies have many. The oldest gives way.
    static constexpr std::size_t kMaxWorkers = 256;

    struct AuthorizedWorker {
        std::string address;
        work::Worker worker;
    };
    using Handler = bool (MinerSession::*)(const Request&, std::string&);

    [[nodiscard]] static Handler find_handler(std::string_view method);

    // One for each method; false asks for a close.
    bool subscribe(const Request& request, std::string& out);
    bool authorize(const Request& request, std::string& out);
    bool submit(const Request& request, std::string& out);
    bool configure(const Request& request, std::string& out);
    bool extranonce_subscribe(const Request& request, std::string& out);
    bool suggest_difficulty(const Request& request, std::string& out);
    bool suggest_target(const Request& request, std::string& out);
    bool get_transactions(const Request& request, std::string& out);
    bool ping(const Request& request, std::string& out);

    bool refuse_malformed(const nlohmann::json& id, const std::string& reason, std::string& out);
    [[nodiscard]] nlohmann::json configure_version_rolling(const nlohmann::json& options, nlohmann::json& result);
    [[nodiscard]] bool configure_minimum_difficulty(const nlohmann::json& options);
    void take_suggestion(double difficulty, std::string& out);

    /// The worker that a submit names; nullptr when it names nobody that was authorized here.
    [[nodiscard]] const work::Worker* find_worker(const nlohmann::json& user_name);
    void add_worker(std::string user_name, const UserName& parsed);
    /// False for bits that are no hex number; sets `fault` for those that were not negotiated.
    [[nodiscard]] bool read_version(const nlohmann::json& params, const work::Job& job, std::uint32_t& version,
                                    std::optional<StratumError>& fault) const;
    bool finish_submit(const Request& request, const work::Worker* worker, const Verdict& verdict, std::string& out);
    void adjust_difficulty(std::string& out);
    void raise_difficulty(std::string& out);
    [[nodiscard]] bool is_abuse();

    [[nodiscard]] Difficulty difficulty_for(const Notify& notify);
    [[nodiscard]] work::PayoutChoice payout() const;
    [[nodiscard]] std::optional<WorkPush> push_work(const work::PayoutChoice& choice, bool clean);
    void append_work(std::string& out, bool clean);
    /// Sends the current work again when its difficulty is another now.
    void append_changed_difficulty(std::string& out);
    [[nodiscard]] double now() const;

    MinerContext& context_;
    std::string ip_;
    double started_;

    std::string session_id_;  ///< empty before subscribe
    double subscribed_at_ = 0;
    ResumableSession session_;
    std::uint32_t version_mask_ = 0;  ///< bits of the header version that this miner may roll

    std::vector<AuthorizedWorker> workers_;  ///< the first is the one authorized last, whom the jobs pay
    std::optional<UserName> user_;           ///< of that one
    std::optional<double> fixed_difficulty_;
    double share_seconds_;

    std::shared_ptr<const Notify> current_;  ///< what was sent last
    work::PayoutChoice current_choice_;      ///< for whom
    Difficulty sent_difficulty_;
    bool owes_clean_ = false;  ///< earlier jobs became worthless while there was no work to give
    bool told_no_work_ = false;

    TokenBucket throttle_;
    TokenBucket effort_;     ///< of the node, for this miner
    TokenBucket tolerance_;  ///< for malformed lines
    double last_abuse_ = 0;
    double raised_at_ = 0;  ///< the difficulty, because of too many submits; 0 = never
    double last_submit_ = 0;
    std::uint64_t submitted_ = 0;
    std::uint64_t accepted_ = 0;
};

}  // namespace p2pool::stratum
