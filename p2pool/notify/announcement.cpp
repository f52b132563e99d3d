#include "p2pool/notify/announcement.h"

#include <array>
#include <iomanip>
#include <sstream>

namespace p2pool::notify {
namespace {

/// What Telegram takes for markup.
std::string escaped(const std::string& text) {
    std::string out;
    for (const char character : text) {
        switch (character) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            default:
                out.push_back(character);
        }
    }
    return out;
}

/// "1.25 TH/s"; the largest unit is TH.
std::string rate_text(double hashes_per_second) {
    constexpr std::array<const char*, 4> kUnits = {"H/s", "MH/s", "GH/s", "TH/s"};
    constexpr std::array<double, 4> kSizes = {1, 1e6, 1e9, 1e12};
    std::size_t unit = 0;
    while (unit + 1 < kUnits.size() && hashes_per_second >= kSizes[unit + 1])
        ++unit;
    std::ostringstream text;
    text << std::fixed << std::setprecision(2) << hashes_per_second / kSizes[unit] << " " << kUnits[unit];
    return text.str();
}

std::string upper_case(std::string text) {
    for (char& character : text) {
        if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
    }
    return text;
}

}  // namespace

const char* to_string(Announcement::Kind kind) {
    return kind == Announcement::Kind::kBlock ? "block" : "alert";
}

nlohmann::json to_json(const Announcement& announcement) {
    return {{"event", to_string(announcement.kind)},
            {"subject", announcement.subject},
            {"text", announcement.text},
            {"details", announcement.details}};
}

std::string to_text(const nlohmann::json& json) {
    constexpr int kOneLine = -1;
    return json.dump(kOneLine, ' ', false, nlohmann::json::error_handler_t::replace);
}

Announcement announce(const BlockNews& block) {
    const std::string title = upper_case(block.network) + " BLOCK FOUND!";
    const std::string number = "Block: " + std::to_string(block.height);
    std::string text = title + " " + number + ", miner: " + block.miner;
    std::string html = "\U0001F389 <b>" + escaped(title) + "</b>\n\n\U0001F4CA " + number +
                       "\n\U0001F464 Miner: <code>" + escaped(block.miner) + "</code>\n";
    if (block.pool_hashes_per_second.value_or(0) > 0) {
        const std::string rate = "Pool hashrate: " + rate_text(*block.pool_hashes_per_second);
        text += ", " + rate;
        html += "\U000026A1 " + rate + "\n";
    }
    html += "\n\U0001F517 <a href=\"" + escaped(block.explorer_url) + "\">View on Explorer</a>";
    Announcement announcement{Announcement::Kind::kBlock, block.hash, std::move(text), std::move(html)};
    announcement.details = {{"network", block.network},
                            {"hash", block.hash},
                            {"height", block.height},
                            {"miner", block.miner},
                            {"pool_hashes_per_second", nullptr},
                            {"found_at", block.found_at},
                            {"explorer_url", block.explorer_url}};
    if (block.pool_hashes_per_second) announcement.details["pool_hashes_per_second"] = *block.pool_hashes_per_second;
    return announcement;
}

Announcement announce(const AlertNews& alert) {
    const std::string title = "P2Pool " + (alert.is_over ? "OK again" : alert.level) + " (" + alert.network + ")";
    const std::string sign = alert.is_over ? "\U00002705" : "\U0001F6A8";
    Announcement announcement{Announcement::Kind::kAlert, alert.id, title + ": " + alert.text,
                              sign + " <b>" + escaped(title) + "</b>\n<pre>" + escaped(alert.text) + "</pre>"};
    announcement.details = {{"network", alert.network},
                            {"id", alert.id},
                            {"level", alert.level},
                            {"text", alert.text},
                            {"over", alert.is_over}};
    announcement.about_miner = alert.about_miner;
    return announcement;
}

}  // namespace p2pool::notify
