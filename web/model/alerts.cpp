#include "web/model/alerts.h"

#include <algorithm>

namespace web {
namespace {

std::string id_of(std::string_view rule, const std::string& subject) {
    std::string id(rule);
    if (!subject.empty()) id.append(":").append(subject);
    return id;
}

}  // namespace

std::string_view to_string(AlertLevel level) {
    switch (level) {
        case AlertLevel::kError:
            return "error";
        case AlertLevel::kWarning:
            return "warning";
        case AlertLevel::kInfo:
            break;
    }
    return "info";
}

const std::vector<AlertRule>& alert_rules() {
    static const std::vector<AlertRule> rules = {
        {"dashd_lost", AlertLevel::kError, 20, 10, "dashd gives no block templates: no answer for 60 seconds"},
        {"dashd_out", AlertLevel::kWarning, 60, 30, "one of several dashds is out of use"},
        {"template_old", AlertLevel::kWarning, 60, 10,
         "the block that is searched has been the same for 45 minutes: dashd may have lost the network"},
        {"few_peers", AlertLevel::kWarning, 300, 60, "no p2pool node is connected: this node mines alone"},
        {"few_dash_peers", AlertLevel::kWarning, 300, 60, "the broadcaster has fewer peers than it should"},
        {"broadcast_poor", AlertLevel::kWarning, 0, 86'400,
         "a block reached less than 90 % of the broadcaster's peers"},
        {"block_orphaned", AlertLevel::kError, 0, 86'400, "a block of ours was orphaned or refused"},
        {"worker_gone", AlertLevel::kWarning, 300, 30,
         "a worker that mined for an hour has sent nothing for ten minutes, or for longer where its owner chose that",
         "a worker is gone"},
        {"miner_slow", AlertLevel::kWarning, 300, 300,
         "a miner's hash rate is below what its owner chose, who alone is told", "a miner is slow"},
        {"late_high", AlertLevel::kWarning, 300, 300, "more than 10 % of the work came too late (dead on arrival)"},
        {"disk_low", AlertLevel::kError, 60, 300, "less than 1 GB is free where the data folder is"},
    };
    return rules;
}

const AlertRule& alert_rule(std::string_view name) {
    const auto& rules = alert_rules();
    return *std::find_if(rules.begin(), rules.end(), [&](const AlertRule& rule) { return rule.name == name; });
}

Json alert_json(const Alert& alert) {
    const bool over = alert.until > 0;
    return {{"id", alert.id},     {"rule", alert.rule->name}, {"level", to_string(alert.rule->level)},
            {"text", alert.text}, {"since", alert.since},     {"until", over ? Json(alert.until) : Json()},
            {"active", !over}};
}

void AlertBook::observe(std::string_view rule, const std::string& subject, bool bad, const std::string& text,
                        double now) {
    const std::string id = id_of(rule, subject);
    auto found = watched_.find(id);
    if (found == watched_.end()) {
        if (!bad) return;
        const AlertRule& known = alert_rule(rule);
        const std::size_t alike = known.names_worker() ? watched_workers_ : watched_.size() - watched_workers_;
        if (alike >= most(known)) return;
        found = watched_.emplace(id, Watched{{id, subject, &known, text, now, 0}, false, false, 0, now}).first;
        watched_workers_ += known.names_worker() ? 1 : 0;
    }
    Watched& watched = found->second;
    watched.observed_at = now;
    if (bad) watched.alert.text = text;
    if (bad == watched.raised) {
        watched.changed_at = 0;
        if (!bad) forget(found);
        return;
    }
    if (watched.changed_at <= 0) watched.changed_at = now;
    const double lasted = now - watched.changed_at;
    if (bad && lasted >= watched.alert.rule->raise_after_seconds) {
        raise(watched);
    } else if (!bad && lasted >= watched.alert.rule->clear_after_seconds) {
        clear(watched, now);
        forget(found);
    }
}

void AlertBook::happened(std::string_view rule, const std::string& subject, const std::string& text, double now) {
    observe(rule, subject, true, text, now);
    const auto found = watched_.find(id_of(rule, subject));
    if (found != watched_.end()) found->second.momentary = true;
}

void AlertBook::expire(double now) {
    for (auto entry = watched_.begin(); entry != watched_.end();) {
        Watched& watched = entry->second;
        const double end = watched.momentary ? watched.alert.since + watched.alert.rule->clear_after_seconds
                                             : watched.observed_at + kForgottenSeconds;
        const bool over = now >= end;
        if (over && watched.raised) clear(watched, now);
        entry = over ? forget(entry) : std::next(entry);
    }
}

void AlertBook::clock_was_set(double by) {
    for (auto& entry : watched_) {
        Watched& watched = entry.second;
        watched.alert.since += by;
        watched.observed_at += by;
        if (watched.changed_at > 0) watched.changed_at += by;
    }
}

void AlertBook::raise(Watched& watched) {
    watched.raised = true;
    watched.alert.since = watched.changed_at;
    watched.changed_at = 0;
    if (listener_) listener_(watched.alert);
}

void AlertBook::clear(Watched& watched, double now) {
    watched.alert.until = now;
    if (listener_) listener_(watched.alert);
    remember(watched.alert, now);
}

void AlertBook::remember(const Alert& alert, double now) {
    past_.push_front(alert);
    while (past_.back().until < now - kRememberedSeconds)
        past_.pop_back();
    const auto is_alike = [&](const Alert& each) { return each.rule->names_worker() == alert.rule->names_worker(); };
    if (static_cast<std::size_t>(std::count_if(past_.begin(), past_.end(), is_alike)) <= most(*alert.rule)) return;
    past_.erase(std::find_if(past_.rbegin(), past_.rend(), is_alike).base() - 1);
}

std::map<std::string, AlertBook::Watched>::iterator AlertBook::forget(std::map<std::string, Watched>::iterator entry) {
    watched_workers_ -= entry->second.alert.rule->names_worker() ? 1 : 0;
    return watched_.erase(entry);
}

std::vector<Alert> AlertBook::active() const {
    std::vector<Alert> alerts;
    for (const auto& entry : watched_) {
        if (entry.second.raised) alerts.push_back(entry.second.alert);
    }
    std::stable_sort(alerts.begin(), alerts.end(), [](const Alert& a, const Alert& b) {
        if (a.rule->level != b.rule->level) return a.rule->level > b.rule->level;
        return a.rule->names_worker() < b.rule->names_worker();
    });
    return alerts;
}

}  // namespace web
