#pragma once

#include <optional>
#include <string>

#include "dash/primitives/chain_params.h"
#include "dash/primitives/hash160.h"
#include "dash/util/clock.h"
#include "dash/util/error.h"
#include "p2pool/stratum/lru_map.h"

namespace web {

/// A sign-in that fails; the text is for the miner.
class LoginRefused : public dash::Error {
  public:
    using Error::Error;
};

/// Miners prove that a payout address is theirs: they sign a text that the node makes up (Dash Core's signmessage), and
/// get a token that stands for the address for half a day. A text can be used once, within ten minutes, and names the
/// host that the miner believes to speak to, so that another site cannot have it signed for itself unseen. What is
/// asked for costs no memory; tokens are forgotten when the node stops. Web thread.
class MinerLogin {
  public:
    MinerLogin(const dash::ChainParams& chain, const dash::Clock& clock);

    struct Challenge {
        std::string message;
        double expires_at = 0;  ///< unix seconds
    };
    /// Throws LoginRefused when that is no address to which a key belongs. `host`: of the request.
    [[nodiscard]] Challenge challenge(const std::string& address, const std::string& host) const;

    struct Session {
        std::string token;
        double expires_at = 0;  ///< unix seconds
    };
    /// Throws LoginRefused: a message that is none of ours, is too old or was used, or a signature of somebody else.
    [[nodiscard]] Session sign_in(const std::string& address, const std::string& message, const std::string& signature);
    void sign_out(const std::string& token);

    /// Whose token it is; nullopt for any other text.
    [[nodiscard]] std::optional<dash::Hash160> find(const std::string& token);

  private:
    static constexpr std::size_t kMaxSessions = 10'000;
    static constexpr std::size_t kMaxUsed = 10'000;

    struct Known {
        dash::Hash160 miner{};
        double expires_at = 0;
    };

    /// Only this object makes it, for this text.
    [[nodiscard]] std::string seal(const std::string& text) const;
    [[nodiscard]] dash::Hash160 parse(const std::string& address) const;

    const dash::ChainParams& chain_;
    const dash::Clock& clock_;
    dash::Bytes key_;
    p2pool::stratum::LruMap<std::string, Known> sessions_{kMaxSessions};  ///< by hash of the token
    p2pool::stratum::LruMap<std::string, bool> used_{kMaxUsed};           ///< seals of texts that let somebody in
};

}  // namespace web
