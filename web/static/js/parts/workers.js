// The table of workers: one line a name.
import * as format from "../lib/format.js";
import { h } from "../lib/dom.js";
import { address, badge, known, nothing, time } from "./basics.js";
import { table } from "./table.js";

const kYoung = "known when the node has run for a minute";
/** More than this part of the work being late costs money. */
const kHighLate = 0.05;

export const rate = (rates, span) => known(format.hashRate(rates[span]), kYoung);

export function late(proportion) {
    if (proportion === null) return known(null, "no work was submitted yet");
    return h("span", { class: proportion > kHighLate ? "text-warning" : undefined }, format.percent(proportion));
}

function workerName(worker) {
    const parts = worker.name.split(/[._](.*)/s);
    const own = worker.address && parts[0] === worker.address;
    return h("span", { class: "worker" },
        h("i", { class: `dot ${worker.online ? "dot-ok" : "dot-off"}`, role: "img", "aria-label": worker.online ? "connected" : "not connected", "data-tip": worker.online ? "connected" : "not connected" }),
        h("b", null, worker.label ?? (own ? parts[1] || "unnamed" : worker.name)), worker.label && h("span", { class: "muted" }, own ? parts[1] : worker.name), own && address(worker.address));
}

function warning(worker) {
    if (!worker.online) return badge("off", "gone", "It has no connection now.");
    if (worker.late_proportion > kHighLate) return badge("warning", "late", "More than 5 % of its work comes too late. Look at its network, or mine at a node that is nearer.");
    if (worker.hash_rates.m15 > 0 && worker.hash_rates.m1 === 0) return badge("warning", "silent", "Nothing came in the last minute.");
    return "";
}

const difficulties = (worker) => (worker.difficulties.length > 0 ? Math.max(...worker.difficulties) : null);

const kColumns = [
    { id: "name", label: "Worker", value: (w) => w.name, cell: workerName },
    { id: "m1", label: "1 min", align: "number", value: (w) => w.hash_rates.m1, cell: (w) => rate(w.hash_rates, "m1") },
    { id: "m15", label: "15 min", align: "number", value: (w) => w.hash_rates.m15, cell: (w) => rate(w.hash_rates, "m15") },
    { id: "h1", label: "1 h", align: "number", value: (w) => w.hash_rates.h1, cell: (w) => rate(w.hash_rates, "h1") },
    { id: "h24", label: "24 h", align: "number", value: (w) => w.hash_rates.h24, cell: (w) => rate(w.hash_rates, "h24") },
    { id: "late", label: "Late", tip: "Work that came after its job was over (dead on arrival, DOA). It is not paid.", align: "number", value: (w) => w.late_proportion, cell: (w) => late(w.late_proportion) },
    { id: "shares", label: "Shares", tip: "Shares of the share chain since the node's start: these are what is paid.", align: "number", value: (w) => w.shares, cell: (w) => format.integer(w.shares) },
    { id: "last", label: "Last share", align: "number", value: (w) => w.last_share_at, cell: (w) => time(w.last_share_at, "no share of the share chain since the node's start") },
    { id: "best", label: "Best", tip: "Difficulty of its best solution since the node's start. A block needs the network's difficulty.", align: "number", value: (w) => w.best_difficulty, cell: (w) => known(format.difficulty(w.best_difficulty), "nothing was submitted since the node's start") },
    { id: "difficulty", label: "Difficulty", tip: "How hard its work is now (vardiff): so that it submits every few seconds.", align: "number", value: difficulties, cell: (w) => known(format.difficulty(difficulties(w)), "it is not connected") },
    { id: "warning", label: "", cell: warning },
];

export function workersTable(workers, context) {
    if (workers.length === 0) return nothing("No worker has submitted anything since the node's start.");
    return table("workers", kColumns, workers, { context, key: (w) => w.name, order: { by: "m15", down: true }, caption: "Workers of this node" });
}
