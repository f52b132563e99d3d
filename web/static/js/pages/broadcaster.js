// The nodes of the Dash network that get a won block from us directly: how good they are, and how broadcasts went.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { sparkline } from "../lib/plain_chart.js";
import { badge, card, fact, facts, known, nothing, time } from "../parts/basics.js";
import { BroadcastTrends } from "../parts/broadcast_trends.js";
import { table } from "../parts/table.js";

export const title = () => "Broadcaster";
export const every = 3;
export const reloadOn = ["phase"];
export const sources = () => ({ status: "broadcaster" });

let trends = null;
const kSources = { dashd: "dashd", dashd_refresh: "dashd, later", p2p: "a peer", local_dashd: "own dashd" };
const name = (peer) => `${peer.host.includes(":") ? `[${peer.host}]` : peer.host}:${peer.port}`;
const group = (host) => (host.includes(":") ? host.split(":").slice(0, 2).join(":") : host.split(".").slice(0, 2).join("."));
const successes = (peer) => peer.successful_broadcasts + peer.failed_broadcasts;

/** Parts of a score in the order of their picture: good ones, then what is taken off. */
const kScoreParts = { success: "broadcasts that reached it", ping: "ping", first: "blocks announced first", uptime: "time connected", liveness: "alive", source: "not from dashd", group: "others of its group", at_dashd: "dashd has it too", failures: "failed attempts" };

function scoreCell({ score, score_parts: parts }) {
    const list = Object.entries(kScoreParts).filter(([part]) => Math.abs(parts[part]) >= 0.5);
    const words = list.map(([part, text]) => `${text} ${parts[part] > 0 ? "+" : "−"}${Math.abs(parts[part]).toFixed(0)}`).join(", ");
    return h("span", { class: "score", tabindex: "0", "data-tip": words },
        h("span", { class: "score-bar", "aria-hidden": "true" }, list.filter(([part]) => parts[part] > 0).map(([part]) => h("i", { class: `score-${part}`, vars: { "--part": `${(parts[part] / 2.6).toFixed(1)}%` } }))),
        format.integer(score), h("span", { class: "hidden" }, ` (${words})`));
}

const kPeers = [
    { id: "name", label: "Peer", value: name, cell: (p) => h("span", { class: "worker" }, h("i", { class: `dot dot-${p.connected === false ? "error" : "ok"}`, role: "img", "aria-label": p.connected === false ? "not connected" : "connected" }), h("code", null, name(p)), p.protected && badge("info", "your dashd", "It is never dropped.")) },
    { id: "group", label: "Group", tip: "Network group (/16): peers of few groups are worth less.", value: (p) => group(p.host), cell: (p) => h("span", { class: "muted" }, group(p.host)) },
    { id: "source", label: "From", tip: "Who told of it.", value: (p) => p.source, cell: (p) => kSources[p.source] ?? p.source },
    { id: "score", label: "Score", tip: "How well it serves: broadcasts that reached it, ping, blocks it announced first, time connected; less for peers of the same group and those dashd has too.", align: "number", value: (p) => p.score, cell: (p) => (p.protected ? known(null, "your dashd is worth more than any peer") : scoreCell(p)) },
    { id: "ping", label: "Ping", align: "number", value: (p) => p.ping_ms, cell: (p) => [p.recent_pings_ms?.length > 2 && sparkline(p.recent_pings_ms.map((_, i) => i), p.recent_pings_ms), " ", known(format.milliseconds(p.ping_ms), "it was not measured yet")] },
    { id: "first", label: "Announced first", tip: "Of the blocks that it announced, those that it announced before all others.", align: "number", value: (p) => p.blocks_first ?? null, cell: (p) => (p.blocks_first === undefined ? known(null, "not counted for dashd") : `${p.blocks_first} of ${p.blocks_relayed}`) },
    { id: "successes", label: "Broadcasts", tip: "Won blocks that reached it.", align: "number", value: (p) => (successes(p) > 0 ? p.successful_broadcasts / successes(p) : null), cell: (p) => (successes(p) > 0 ? `${p.successful_broadcasts} of ${successes(p)}` : known(null, "no block was sent to it yet")) },
    { id: "since", label: "Connected", align: "number", value: (p) => -p.uptime_seconds, cell: (p) => (p.connected_since > 0 ? time(p.connected_since) : known(null, "it is not connected")) },
];

const kResting = [
    { id: "name", label: "Peer", value: name, cell: (p) => h("code", null, name(p)) },
    { id: "left", label: "Tried again in", align: "number", value: (p) => p.backoff_remaining_seconds, cell: (p) => format.duration(p.backoff_remaining_seconds) },
    { id: "attempts", label: "Attempts", align: "number", value: (p) => p.attempts, cell: (p) => p.attempts },
    { id: "why", label: "Why", cell: (p) => [p.timeouts > 0 && `${p.timeouts} timeouts `, p.refused > 0 && `${p.refused} refused `, p.errors > 0 && `${p.errors} errors`] },
];

function figures({ health, statistics, database }) {
    const rate = statistics.total_peer_broadcasts > 0 ? format.wholePercent(statistics.success_rate_percent) : null;
    return h("div", { class: "halves" },
        card("Health", null, facts(
            fact("peers", h("span", { class: health.healthy ? undefined : "text-warning" }, `${format.integer(health.active_connections)} of ${format.integer(health.target_max_peers)}`), `At least ${health.target_min_peers} should be connected.`),
            fact("your dashd", health.local_dashd_connected ? badge("ok", "connected") : badge("error", "not connected")),
            fact("peers known", format.integer(database.total_peers)),
            fact("told by", Object.entries(database.sources).filter(([source]) => source !== "local_dashd").map(([source, count]) => `${kSources[source] ?? source} ${count}`).join(" · ") || known(null, "nobody has told of a peer yet")),
            fact("dashd asked", time(database.last_dashd_refresh, "dashd was not asked yet")),
            fact("connections tried", `${format.integer(statistics.connection_attempts)} · ${format.integer(statistics.successful_connections)} made`),
            fact("of the others", `${statistics.timeouts} timeouts · ${statistics.refused} refused · ${statistics.errors} errors`))),
        card("Success", null, facts(
            fact("blocks broadcast", format.integer(statistics.blocks_broadcast)),
            fact("sent to peers", format.integer(statistics.total_peer_broadcasts)),
            fact("reached", known(rate, "no block was sent to a peer yet")),
            fact("blocks won", format.integer(statistics.blocks_won)),
            fact("accepted", format.integer(statistics.blocks_accepted)),
            fact("orphaned", format.integer(statistics.blocks_orphaned)),
            fact("refused by dashd", format.integer(statistics.blocks_rejected)))));
}

export function view({ data, ui, redraw }) {
    const { status } = data;
    const context = { ui, redraw };
    if (!status.enabled) return nothing("The broadcaster is off: won blocks go to dashd alone. Start the node without --disable-broadcaster to send them to many nodes of the Dash network at once.");
    trends ??= new BroadcastTrends();
    const peers = [...status.peers.protected, ...status.peers.active];
    return h("div", { class: "stack" },
        figures(status),
        card("Peers", null, table("peers", kPeers, peers, { context, key: name, order: { by: "score", down: true }, most: 130 }),
            status.peers.active.length === 0 && nothing("No peer besides your dashd is connected. The node asks dashd for addresses and tries them by itself; on a private network there are none.")),
        status.peers.in_backoff.length > 0 && card("Resting", null, table("resting", kResting, status.peers.in_backoff, { context, key: name, order: { by: "left", down: false }, most: 30 })),
        trends.view(context));
}
