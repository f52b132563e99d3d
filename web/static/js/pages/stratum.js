// The worker port: who is connected, how much is accepted, and what protects it.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { now } from "../lib/live.js";
import { badge, card, fact, facts, known, level, nothing, time } from "../parts/basics.js";
import { table } from "../parts/table.js";

export const title = () => "Stratum & security";
export const every = 5;
export const sources = () => ({ stratum: "stratum", security: "security" });

const kThreats = [["ok", "quiet"], ["info", "busy"], ["warning", "suspicious"], ["error", "under attack"]];
const kSilentSeconds = 120;

const kConnections = [
    { id: "worker", label: "Worker", value: (c) => c.worker, cell: (c) => (c.worker ? h("span", { class: "mono", "data-tip": c.worker }, c.worker.length > 40 ? `${c.worker.slice(0, 6)}…${c.worker.slice(31)}` : c.worker) : known(null, "it has not authorized")) },
    { id: "ip", label: "From", value: (c) => c.ip, cell: (c) => h("code", null, c.ip) },
    { id: "difficulty", label: "Difficulty", align: "number", value: (c) => c.difficulty, cell: (c) => format.difficulty(c.difficulty) },
    { id: "connected", label: "Connected", align: "number", value: (c) => c.connected_seconds, cell: (c) => format.duration(Math.floor(c.connected_seconds)) },
    { id: "silent", label: "Last word", tip: "Since it sent something.", align: "number", value: (c) => c.silent_seconds, cell: (c) => h("span", { class: c.silent_seconds > kSilentSeconds ? "text-warning" : undefined }, `${format.duration(Math.floor(c.silent_seconds))} ago`) },
    { id: "submitted", label: "Submitted", align: "number", value: (c) => c.submitted, cell: (c) => format.integer(c.submitted) },
    { id: "accepted", label: "Accepted", align: "number", value: (c) => (c.submitted > 0 ? c.accepted / c.submitted : null), cell: (c) => (c.submitted > 0 ? format.percent(c.accepted / c.submitted) : known(null, "nothing was submitted yet")) },
];

const kBans = [
    { id: "ip", label: "Address", value: (b) => b.ip, cell: (b) => h("code", null, b.ip) },
    { id: "reason", label: "Reason", value: (b) => b.reason, cell: (b) => b.reason.replaceAll("_", " ") },
    { id: "since", label: "Since", value: (b) => b.banned_at, cell: (b) => time(b.banned_at) },
    { id: "left", label: "Time left", align: "number", value: (b) => b.expires_at, cell: (b) => format.duration(b.expires_at - now()) },
];

const kOffenders = [
    { id: "ip", label: "Address", value: (o) => o.ip, cell: (o) => h("code", null, o.ip) },
    { id: "violations", label: "Violations", align: "number", value: (o) => o.violations, cell: (o) => format.integer(o.violations) },
];

export function view({ data, ui, redraw }) {
    const { stratum, security } = data;
    const context = { ui, redraw };
    const [kind, word] = kThreats[security.threat_level] ?? kThreats[3];
    const all = stratum.accepted + stratum.rejected;
    return h("div", { class: "stack" },
        h("div", { class: "halves" },
            card("Worker port", null, facts(
                fact("connections", `${format.integer(stratum.connections)} of ${format.integer(stratum.max_connections)}`),
                fact("workers", format.integer(stratum.workers)),
                fact("accepted", format.integer(stratum.accepted)),
                fact("refused", `${format.integer(stratum.rejected)}${all > 0 ? ` · ${format.percent(stratum.rejected / all)}` : ""}`, "Late ones, duplicates, and solutions that are too easy."),
                fact("of it late", format.integer(stratum.late), "Work that came after its job was over (dead on arrival, DOA)."),
                fact("a second", `${stratum.submits_per_second_10s.toFixed(1)} · ${stratum.submits_per_second_60s.toFixed(1)}`, "Submits a second over the last 10 and 60 seconds."))),
            card("Protection", { extra: level(kind, word) },
                security.reasons.length > 0 && h("ul", { class: "muted" }, security.reasons.map((reason) => h("li", null, reason))),
                facts(
                    fact("banned now", format.integer(security.bans.length)),
                    fact("connections an address", format.integer(security.limits.max_connections_per_ip)),
                    fact("violations until a ban", format.integer(security.limits.max_violations_before_ban)),
                    fact("a ban lasts", format.duration(security.limits.ban_duration_seconds)),
                    fact("password for the pages", security.web.authentication ? badge("ok", "on") : badge("off", "off"), "--web-password USER:PASSWORD turns it on."),
                    fact("requests a minute", format.integer(security.web.requests_per_minute), "Of one address to these pages and the API; your own machine is not limited.")))),
        card("Connections", null, stratum.connection_list.length === 0 ? nothing("No miner is connected. ", h("a", { href: "#/connect" }, "How to connect one →"))
            : table("connections", kConnections, stratum.connection_list, { context, order: { by: "worker", down: false }, most: 100 })),
        h("div", { class: "halves" },
            card("Bans", null, security.bans.length === 0 ? nothing("Nobody is banned.") : table("bans", kBans, security.bans, { context, key: (b) => b.ip, order: { by: "left", down: true } })),
            card("Offenders", null, security.offenders.length === 0 ? nothing("Nobody has broken a rule.") : table("offenders", kOffenders, security.offenders, { context, key: (o) => o.ip, order: { by: "violations", down: true } }))));
}
