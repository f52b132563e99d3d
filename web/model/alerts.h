#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "web/json_text.h"

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
    /// Its alerts are about a miner; this is what those may read who may not see names. Null: they name nobody.
    const char* nameless = nullptr;

    [[nodiscard]] bool names_worker() const { return nameless != nullptr; }
};
/// All rules; their limits stand where they are observed, in watch.cpp. docs/ALERTS.md explains them to operators.
[[nodiscard]] const std::vector<AlertRule>& alert_rules();

/// The rule with this name; there must be one.
[[nodiscard]] const AlertRule& alert_rule(std::string_view name);

struct Alert {
    std::string id;  ///< "rule" or "rule:subject"
    std::string subject;
    const AlertRule* rule = nullptr;
    std::string text;
    double since = 0;  ///< unix seconds
    double until = 0;  ///< 0: it lasts
};

/// As the API and the event stream tell it.
[[nodiscard]] Json alert_json(const Alert& alert);

/// What is wrong now, and what was in the last day. What is about workers, of which strangers can make any number, is
/// bounded apart from the rest. Web thread.
class AlertBook {
  public:
    using Listener = std::function<void(const Alert&)>;

    /// `most_workers`: as many alerts about workers are watched, and remembered.
    explicit AlertBook(std::size_t most_workers = 1000) : most_workers_(most_workers) {}

    /// Hears of each alert when it begins and when it ends.
    void set_listener(Listener listener) { listener_ = std::move(listener); }

    /// How things are with a rule and a subject (empty: there is but one), now. To be called again and again.
    void observe(std::string_view rule, const std::string& subject, bool bad, const std::string& text, double now);
    /// Something that happened at one moment; it lasts as long as the rule's clear time.
    void happened(std::string_view rule, const std::string& subject, const std::string& text, double now);
    /// Ends what happened long enough ago, and what nobody looks at any more: a worker that is not known any longer.
    void expire(double now);

    /// The clock of all these times was set by so many seconds: what is watched keeps its age.
    void clock_was_set(double by);

    [[nodiscard]] std::vector<Alert> active() const;
    /// Those that are over, the latest first.
    [[nodiscard]] const std::deque<Alert>& past() const { return past_; }

  private:
    static constexpr double kRememberedSeconds = 86'400;
    static constexpr double kForgottenSeconds = 600;
    /// Of the others: subjects are blocks and dashds.
    static constexpr std::size_t kMostOthers = 500;

    struct Watched {
        Alert alert;
        bool raised = false;
        bool momentary = false;  ///< it happened, and is not observed again
        double changed_at = 0;   ///< since when it is bad while not raised, or good while raised; 0: it is not
        double observed_at = 0;
    };

    void raise(Watched& watched);
    void clear(Watched& watched, double now);
    void remember(const Alert& alert, double now);
    [[nodiscard]] std::size_t most(const AlertRule& rule) const {
        return rule.names_worker() ? most_workers_ : kMostOthers;
    }
    std::map<std::string, Watched>::iterator forget(std::map<std::string, Watched>::iterator entry);

    Listener listener_;
    std::size_t most_workers_;
    std::size_t watched_workers_ = 0;  ///< of watched_, those about workers
    std::map<std::string, Watched> watched_;
    std::deque<Alert> past_;
};

}  // namespace web
