#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace web {

enum class AlertLevel { kInfo, kWarning, kError };
[[nodiscard]] std::string_view to_string(AlertLevel level);

/// A rule and when it speaks: what is bad must last before it is told, and what is good before it is over, so that
/// nothing flickers.
struct AlertRule {
    const char* name;
    AlertLevel level;
    double raise_after_seconds;
    double clear_after_seconds;
    const char* text;  ///< what it watches, for people
};
/// All rules; their limits stand where they are observed, in watch.cpp.
[[nodiscard]] const std::vector<AlertRule>& alert_rules();

struct Alert {
    std::string id;  ///< "rule" or "rule:subject"
    const AlertRule* rule = nullptr;
    std::string text;
    double since = 0;  ///< unix seconds
    double until = 0;  ///< 0: it lasts
};

/// What is wrong now, and what was in the last day. Web thread.
class AlertBook {
  public:
    using Listener = std::function<void(const Alert&)>;
    /// Hears of each alert when it begins and when it ends.
    void set_listener(Listener listener) { listener_ = std::move(listener); }

    /// How things are with a rule and a subject (empty: there is but one), now. To be called again and again.
    void observe(std::string_view rule, const std::string& subject, bool bad, const std::string& text, double now);
    /// Something that happened at one moment; it lasts as long as the rule's clear time.
    void happened(std::string_view rule, const std::string& subject, const std::string& text, double now);
    /// Ends what happened long enough ago.
    void expire(double now);

    [[nodiscard]] std::vector<Alert> active() const;
    /// Those that are over, the latest first.
    [[nodiscard]] const std::deque<Alert>& past() const { return past_; }

  private:
    static constexpr double kRememberedSeconds = 86'400;
    static constexpr std::size_t kMostPast = 500;
    /// Subjects are workers and blocks, of which strangers can make many.
    static constexpr std::size_t kMostWatched = 1'000;

    struct Watched {
        Alert alert;
        bool raised = false;
        bool momentary = false;  ///< it happened, and is not observed again
        double changed_at = 0;   ///< since when it is bad while not raised, or good while raised; 0: it is not
    };

    void raise(Watched& watched);
    void clear(Watched& watched, double now);

    Listener listener_;
    std::map<std::string, Watched> watched_;
    std::deque<Alert> past_;
};

}  // namespace web
