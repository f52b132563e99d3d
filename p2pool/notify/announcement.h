#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "dash/primitives/chain_params.h"

namespace p2pool::notify {

/// Something that people and programs elsewhere are told.
struct Announcement {
    enum class Kind { kBlock, kAlert };

    Kind kind = Kind::kAlert;
    /// What it is about: the block's hash, the alert's id.
    std::string subject;
    std::string text;          ///< for people, a line or two
    std::string html;          ///< the same with the few tags that Telegram knows
    nlohmann::json details{};  ///< for programs
    bool about_miner = false;  ///< an alert about somebody's machine, of which there may be thousands
    double made_at = 0;        ///< unix seconds; the notifier's to set
};

/// "block" or "alert".
[[nodiscard]] const char* to_string(Announcement::Kind kind);

/// {"event": "block", "subject": …, "text": …, "details": {…}}: what hooks get.
[[nodiscard]] nlohmann::json to_json(const Announcement& announcement);
/// As text. Bytes that are no UTF-8 are replaced: a miner may call himself anything.
[[nodiscard]] std::string to_text(const nlohmann::json& json);

/// A block of the pool, in the python node's words (python p2pool.util.telegram_notifier).
struct BlockNews {
    std::string network{};  ///< as --net takes it
    std::string hash{};
    std::uint32_t height = 0;
    std::string miner{};
    std::optional<double> pool_hashes_per_second{};
    double found_at = 0;  ///< unix seconds
    std::string explorer_url{};
};
[[nodiscard]] Announcement announce(const BlockNews& block);

/// An alert that begins or ends.
struct AlertNews {
    std::string network{};  ///< as --net takes it
    std::string id{};
    std::string level{};  ///< "info", "warning" or "error"
    std::string text{};
    bool is_over = false;
    bool about_miner = false;
};
[[nodiscard]] Announcement announce(const AlertNews& alert);

}  // namespace p2pool::notify
