// What is wrong, what was in the last day, and what is watched.
import { h } from "../lib/dom.js";
import { duration } from "../lib/format.js";
import { now } from "../lib/live.js";
import { card, level, nothing, time } from "../parts/basics.js";
import { table } from "../parts/table.js";

export const title = () => "Alerts";
export const every = 15;
export const reloadOn = ["alert"];
export const sources = () => ({ alerts: "alerts" });

const kColumns = [
    { id: "level", label: "Level", value: (a) => ["info", "warning", "error"].indexOf(a.level), cell: (a) => level(a.level, a.level) },
    { id: "text", label: "What", value: (a) => a.text, cell: (a) => a.text },
    { id: "since", label: "Since", value: (a) => a.since, cell: (a) => time(a.since) },
    { id: "lasted", label: "Lasted", align: "number", value: (a) => (a.until ?? now()) - a.since, cell: (a) => (a.active ? "it lasts" : duration(a.until - a.since)) },
];
const kRules = [
    { id: "rule", label: "Rule", value: (r) => r.rule, cell: (r) => h("code", null, r.rule) },
    { id: "text", label: "It tells when", value: (r) => r.text, cell: (r) => r.text },
];

export function view({ data, ui, redraw }) {
    const { alerts, rules } = data.alerts;
    const context = { ui, redraw };
    const active = alerts.filter((alert) => alert.active);
    const past = alerts.filter((alert) => !alert.active);
    const list = (name, entries) => table(name, kColumns, entries, { context, key: (a) => `${a.id} ${a.since}`, order: { by: "since", down: true }, most: 60 });
    return h("div", { class: "stack" },
        card("Now", null, active.length === 0 ? h("p", { class: "nothing" }, level("ok", "Nothing is wrong.")) : list("active", active)),
        card("In the last day", null, past.length === 0 ? nothing("Nothing was wrong since the node's start, or since yesterday.") : list("past", past)),
        card("What is watched", null, table("rules", kRules, rules, { context, key: (r) => r.rule })));
}
