#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "dash/backends/tip_proof.h"
#include "dash/util/clock.h"

namespace dash::backends {

/// What is known of one daemon at one moment.
struct Observation {
    /// Why no work of its can be had, in words that follow "dashd": it does not answer, answers with errors,
    /// lies about its tip. Empty: no reason is known.
    std::string problem;
    std::optional<Tip> tip;           ///< its templates build on this; none before the first template
    double answered = 0;              ///< part of the last questions that it answered in time, 0…1
    double answer_seconds = 0;        ///< how long the last answer took
    double template_age_seconds = 0;  ///< since its last template
    bool link_up = false;             ///< its P2P
    bool synchronises = false;        ///< as it says itself; so does one with an old tip and all there is
};

/// What the chooser thinks of a daemon.
struct Verdict {
    std::string problem;  ///< why it is out of question; empty: it is usable
    double score = 0;     ///< 0 when it is not usable, else up to 100
};

/// Chooses among several daemons whose templates miners get. No I/O; one thread.
///
/// A daemon is out of question, with score 0, while
///   - it has a problem of its own (Observation::problem),
///   - it has not given a template for kFirstTemplatePatience,
///   - its tip has had less work than that of another usable one for kLagPatience: it is stuck,
///   - for kAlonePatience it alone has had more work, while at least two others agree on another tip: it is on a chain
///     that the network does not follow.
/// The score of the others is
///     30 · part of the last questions that it answered in time
///   + 15 · (1 − seconds of the last answer), not below 0
///   + 15 while its P2P link is up           it tells of new blocks and takes won ones at once
///   + 10 while its last template is younger than kFreshSeconds
///   + 10 while no other tip has more work
///   + 20 for the one that the operator named first
///   − 30 while it says that it synchronises
/// and not below 1.
///
/// The current daemon stays until it is out of question, then the best usable one follows at once; or until another has
/// scored at least kClearlyBetter more for kSteadyTime without a break. So a daemon that is back has to be well for a
/// while before miners get its templates again, and small differences change nothing.
class Chooser {
  public:
    static constexpr std::chrono::seconds kFirstTemplatePatience{3};
    static constexpr std::chrono::seconds kLagPatience{2};
    static constexpr std::chrono::seconds kAlonePatience{60};
    static constexpr std::chrono::seconds kSteadyTime{30};
    static constexpr double kClearlyBetter = 10;
    static constexpr double kFreshSeconds = 35;

    Chooser(std::size_t daemons, const Clock& clock);

    /// To be told of every change, and twice a second; as many as there are daemons, in the order of their names.
    void update(const std::vector<Observation>& observations);
    /// The start found this one well before any other.
    void begin_with(std::size_t daemon) { current_ = daemon; }

    [[nodiscard]] std::size_t current() const { return current_; }
    [[nodiscard]] const std::vector<Verdict>& verdicts() const { return verdicts_; }
    /// Why the last update made another one current; empty when it did not.
    [[nodiscard]] const std::string& switched_because() const { return switched_because_; }

    /// Whether miners shall get the templates of this daemon: never those on a tip with less work than a usable one
    /// has. Besides the current one's, those of a daemon that is ahead of it: it heard of a new block first.
    [[nodiscard]] bool may_serve(std::size_t daemon) const;

  private:
    using Time = std::chrono::steady_clock::time_point;
    /// Since when something has held without a break.
    class Since {
      public:
        /// True when it has held for `patience`.
        bool held(bool now_holds, std::chrono::steady_clock::duration patience, Time now);

      private:
        std::optional<Time> begin_;
    };
    struct Record {
        Since waits;
        Since lags;
        Since alone;
        Since better;
        bool usable_tip = false;  ///< it has no problem of its own, and its tip counts
    };

    void judge_alone(Time now);
    void judge(std::size_t daemon, Time now);
    void choose(Time now);
    void switch_to(std::size_t daemon, std::string because);
    [[nodiscard]] double score(std::size_t daemon) const;
    [[nodiscard]] bool leads(std::size_t daemon) const;

    const Clock& clock_;
    std::vector<Observation> observations_;
    std::vector<Record> records_;
    std::vector<Verdict> verdicts_;
    Uint256 most_work_;  ///< of the usable tips
    std::size_t current_ = 0;
    std::string switched_because_;
};

}  // namespace dash::backends
