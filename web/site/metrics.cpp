#include "web/site/metrics.h"

#include <array>
#include <charconv>
#include <cmath>

#include "dash/primitives/target.h"
#include "web/model/memory.h"
#include "web/model/watch.h"
#include "web/site/figures.h"

namespace web {
namespace {

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end};
}

/// As both formats want it in label values.
std::string escape(const std::string& text) {
    std::string escaped;
    for (const char character : text) {
        if (character == '\\' || character == '"') escaped.push_back('\\');
        if (character == '\n') {
            escaped += "\\n";
        } else {
            escaped.push_back(character);
        }
    }
    return escaped;
}

using Labels = std::vector<std::pair<const char*, std::string>>;

/// Writes metric families one after the other.
class Writer {
  public:
    explicit Writer(bool open_metrics) : open_metrics_(open_metrics) {}

    /// In OpenMetrics a counter's family has no "_total", its samples have.
    void family(const std::string& name, const char* type, const char* help) {
        const bool cut = open_metrics_ && std::string_view(type) == "counter";
        const std::string title = cut ? name.substr(0, name.rfind("_total")) : name;
        text_.append("# HELP ").append(title).append(" ").append(help).append("\n# TYPE ").append(title).append(" ");
        text_.append(type).append("\n");
        name_ = name;
    }
    void sample(double value, const Labels& labels = {}) {
        text_ += name_;
        const char* separator = "{";
        for (const auto& [key, label] : labels) {
            text_.append(separator).append(key).append("=\"").append(escape(label)).append("\"");
            separator = ",";
        }
        if (!labels.empty()) text_ += "}";
        text_.append(" ").append(number(value)).append("\n");
    }
    void gauge(const char* name, const char* help, double value) {
        family(name, "gauge", help);
        sample(value);
    }
    void gauge(const char* name, const char* help, const std::optional<double>& value) {
        if (value) gauge(name, help, *value);
    }
    template <typename Count>
    void counter(const char* name, const char* help, Count value) {
        family(name, "counter", help);
        sample(static_cast<double>(value));
    }

    [[nodiscard]] std::string take() {
        if (open_metrics_) text_ += "# EOF\n";
        return std::move(text_);
    }

  private:
    bool open_metrics_;
    std::string name_;
    std::string text_;
};

void write_node(Writer& out, const PageContext& context) {
    const Model& model = context.model;
    out.family("p2pool_build_info", "gauge", "Always 1; its labels tell the version and the network.");
    out.sample(1, {{"version", model.facts().version}, {"network", model.facts().network->name}});
    out.gauge("p2pool_start_time_seconds", "When the node started, in Unix time.", model.facts().started_at);
    out.gauge("p2pool_resident_memory_bytes", "Memory of the node.", resident_bytes());
    out.gauge("p2pool_ready", "1 while miners get work.", reason_not_ready(model).empty() ? 1.0 : 0.0);
    out.family("p2pool_alerts", "gauge", "The operator's active alerts by rule.");
    std::map<std::string, double> counts;
    for (const AlertRule& rule : alert_rules())
        counts[rule.name] = 0;
    for (const Alert& alert : model.alerts().active())
        ++counts[alert.rule->name];
    for (const auto& [rule, count] : counts)
        out.sample(count, {{"rule", rule}});
    out.gauge("p2pool_snapshot_cost_seconds", "Time of the mining thread that the last picture for pages took.",
              model.now().publish_cost_seconds);
}

void write_dashd(Writer& out, const Model& model) {
    out.gauge("p2pool_dashd_p2p_connected", "1 while dashd's P2P link is up.", model.now().dashd_link_up ? 1.0 : 0.0);
    const auto each = [&](const char* name, const char* help, auto value) {
        out.family(name, "gauge", help);
        for (std::size_t i = 0; i < model.now().dashds.size(); ++i) {
            const std::optional<double> known = value(model.now().dashds[i]);
            if (known) out.sample(*known, {{"dashd", std::to_string(i + 1)}});
        }
    };
    each("p2pool_dashd_score", "Health of each dashd, 0 (out of use) to 100.",
         [](const DashdFacts& dashd) { return dashd.score; });
    each("p2pool_dashd_current", "1 for the dashd whose templates miners get.",
         [](const DashdFacts& dashd) { return dashd.current ? 1.0 : 0.0; });
    each("p2pool_dashd_answer_seconds", "How long the last answer of each dashd took.",
         [](const DashdFacts& dashd) { return dashd.answer_seconds; });
    const auto& block = model.now().template_facts;
    if (block == nullptr) return;
    out.gauge("p2pool_dashd_height", "Height of dashd's best block.", static_cast<double>(block->height) - 1);
    out.gauge("p2pool_dashd_template_age_seconds", "Since dashd gave a template.", model.time() - block->confirmed_at);
    out.gauge("p2pool_network_difficulty", "Difficulty of the Dash network.", model.network_difficulty());
}

void write_miners(Writer& out, Model& model) {
    const auto& stratum = *model.now().stratum;
    double hashes = 0;
    double late = 0;
    const auto rates = model.workers().rates(model.steady());
    for (const auto& entry : rates) {
        hashes += entry.second.hashes_per_second;
        late += entry.second.late_hashes_per_second;
    }
    out.gauge("p2pool_stratum_connections", "Miners' connections.", static_cast<double>(stratum.connections.size()));
    out.gauge("p2pool_stratum_max_connections", "As many can be open.", static_cast<double>(stratum.max_connections));
    out.gauge("p2pool_workers", "Worker names with accepted work in the last minutes.",
              static_cast<double>(rates.size()));
    out.gauge("p2pool_local_hash_rate", "Hashes a second of this node's miners.", hashes);
    out.gauge("p2pool_local_late_hash_rate", "Of them, work that came too late.", late);
    out.family("p2pool_submits_total", "counter", "Submits of miners by result.");
    out.sample(static_cast<double>(stratum.totals.accepted), {{"result", "accepted"}});
    out.sample(static_cast<double>(stratum.totals.late), {{"result", "late"}});
    out.sample(static_cast<double>(stratum.totals.rejected - stratum.totals.late), {{"result", "rejected"}});
    out.gauge("p2pool_banned_addresses", "Addresses that may not connect.", static_cast<double>(stratum.bans.size()));
}

void write_pool(Writer& out, Model& model) {
    const Snapshot& now = model.now();
    const ChainFacts& chain = *now.chain;
    out.gauge("p2pool_pool_hash_rate", "Hashes a second of the pool, stale work included.", model.pool_rate());
    if (chain.last_hour) {
        out.gauge("p2pool_pool_stale_ratio", "Part of the pool's shares that are stale.",
                  chain.last_hour->stale_proportion);
    }
    out.gauge("p2pool_share_chain_height", "Shares in the best chain.", static_cast<double>(chain.height));
    out.gauge("p2pool_shares_known", "Shares that the node holds.", static_cast<double>(now.shares_known));
    out.family("p2pool_own_shares_total", "counter", "Shares of this node since its start.");
    out.sample(static_cast<double>(now.own_shares.total));
    out.family("p2pool_own_shares_lost", "gauge", "Of them, those that are not in the chain.");
    out.sample(static_cast<double>(now.own_shares.orphans), {{"why", "orphan"}});
    out.sample(static_cast<double>(now.own_shares.late), {{"why", "late"}});
    out.family("p2pool_blocks_found", "gauge", "Blocks of the pool that are known, by status.");
    std::map<std::string, double> by_status{{"unknown", 0}, {"pending", 0}, {"confirmed", 0}, {"orphaned", 0}};
    for (const FoundBlock* block : model.blocks().all())
        ++by_status[std::string(to_string(block->fate))];
    for (const auto& [status, count] : by_status)
        out.sample(count, {{"status", status}});
}

void write_peers(Writer& out, const Model& model) {
    const auto& network = *model.now().peers;
    out.family("p2pool_peers", "gauge", "p2pool nodes connected.");
    out.sample(static_cast<double>(network.incoming), {{"direction", "incoming"}});
    out.sample(static_cast<double>(network.peers.size() - network.incoming), {{"direction", "outgoing"}});
    const Json status = model.broadcaster();
    const Json health = status.value("health", Json::object());
    out.gauge("p2pool_broadcaster_peers", "Peers of the Dash network that blocks are sent to.",
              health.value("total_connections", 0.0));
    const Json statistics = status.value("statistics", Json::object());
    out.counter("p2pool_broadcaster_blocks_total", "Blocks that the broadcaster sent.",
                statistics.value("blocks_broadcast", 0.0));
    out.family("p2pool_broadcaster_sends_total", "counter", "Blocks times peers that they were sent to, by result.");
    out.sample(statistics.value("successful_broadcasts", 0.0), {{"result", "reached"}});
    out.sample(statistics.value("failed_broadcasts", 0.0), {{"result", "failed"}});
}

void write_web(Writer& out, const PageContext& context) {
    if (context.server == nullptr) return;
    const HttpServer::Counters& counters = context.server->counters();
    out.gauge("p2pool_web_connections", "Connections of browsers and programs.",
              static_cast<double>(counters.connections));
    out.gauge("p2pool_web_event_readers", "Readers of the event stream.",
              static_cast<double>(context.events.readers()));
    out.family("p2pool_web_responses_total", "counter", "Web answers by status.");
    for (const auto& [status, count] : counters.responses)
        out.sample(static_cast<double>(count), {{"code", std::to_string(status)}});
    out.counter("p2pool_web_sent_bytes_total", "Bytes of web answers.", counters.bytes_sent);
    out.counter("p2pool_web_handler_seconds_total", "Time of the web thread for making pages.", counters.seconds);
}

}  // namespace

std::string metrics_text(const PageContext& context, bool open_metrics) {
    Writer out(open_metrics);
    write_node(out, context);
    write_dashd(out, context.model);
    write_miners(out, context.model);
    write_pool(out, context.model);
    write_peers(out, context.model);
    write_web(out, context);
    return out.take();
}

}  // namespace web
