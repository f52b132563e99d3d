#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dash/primitives/block.h"
#include "p2pool/stratum/miner_context.h"
#include "p2pool/stratum/token_bucket.h"
#include "p2pool/stratum/user_name.h"

namespace p2pool::stratum {

/// The getwork protocol of miners without stratum, without its HTTP: JSON-RPC bodies in, bodies out. Node thread only.
class Getwork {
  public:
    struct Caller {
        std::string ip;
        std::string user_name;            ///< of HTTP's basic authentication; empty without
        bool wants_plain_result = false;  ///< a miner that stumbles over fields it does not know
    };
    struct Answer {
        std::string body;
        std::string reject_reason;  ///< of a submit that was not accepted: miners show this header
        bool is_worker = false;     ///< the caller got work or handed some in
    };

    explicit Getwork(MinerContext& context);

    [[nodiscard]] Answer answer(const std::string& body, const Caller& caller);
    /// The answer to a long poll that came to its end.
    [[nodiscard]] Answer answer_long_poll(const Caller& caller);
    /// Whether the caller was given work of the current work event; a long poll of one that was not is answered at
    /// once.
    [[nodiscard]] bool is_up_to_date(const Caller& caller);
    /// Whether a request is heard at once though its host should wait: it brings one of the first solutions of known
    /// work, which may win a block. Counts them.
    [[nodiscard]] bool goes_first(const std::string& body);
    /// How long what else this host asks should wait, because it made the node work more than its share.
    [[nodiscard]] double pause_seconds(const std::string& ip);

    void expire(double now);

  private:
    static constexpr std::size_t kMaxUsers = 10'000;
    static constexpr std::size_t kMaxAttempts = 10'000;
    static constexpr std::size_t kMaxLongPollers = 10'000;
    static constexpr std::size_t kMaxHosts = 10'000;

    struct User {
        UserName name;
        work::Worker worker;
        std::optional<Vardiff> vardiff;  ///< none before the first work
        TokenBucket throttle;
    };
    /// Work that was handed out, known by the merkle root of its header.
    struct Attempt {
        work::JobPtr job;
        std::uint64_t extranonce = 0;
        Difficulty difficulty;
        SeenHashes seen;
        double last_used = 0;
        int gone_first = 0;  ///< solutions that were heard at once
    };

    [[nodiscard]] Answer call(const nlohmann::json& request, const Caller& caller);
    [[nodiscard]] Answer give_work(const nlohmann::json& id, const Caller& caller);
    [[nodiscard]] Answer take_work(const nlohmann::json& id, const std::string& data, const Caller& caller);
    [[nodiscard]] User& find_user(const Caller& caller);
    [[nodiscard]] TokenBucket& effort_of(const std::string& ip);
    /// Makes the host pay for what it asks.
    void charge(const Caller& caller, double lines);
    [[nodiscard]] Difficulty difficulty_for(User& user, const work::Job& job);
    [[nodiscard]] dash::BlockHeader new_attempt(const work::JobPtr& job, const Difficulty& difficulty);
    [[nodiscard]] double now() const;

    MinerContext& context_;
    Extranonce1 extranonce1_;
    std::uint32_t next_extranonce2_ = 0;
    LruMap<std::string, TokenBucket> efforts_{kMaxHosts};  ///< by host
    LruMap<std::string, User> users_{kMaxUsers};           ///< by host and name: anybody may use another's
    LruMap<dash::Uint256, Attempt> attempts_{kMaxAttempts};
    LruMap<std::string, std::uint64_t> events_seen_{kMaxLongPollers};
};

}  // namespace p2pool::stratum
