// Everybody who mines at this node, and who else the pool pays.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { address, amount, badge, card, known, nothing } from "../parts/basics.js";
import { connectHint } from "../parts/connect.js";
import { kPiece, pieces, table } from "../parts/table.js";
import { late, rate, workersTable } from "../parts/workers.js";

export const title = () => "Miners";
export const reloadOn = ["share", "block"];
export const every = 10;
export const sources = ({ ui }) => ({ miners: `miners?workers=0&limit=${kPiece}&offset=${ui.minersFrom ?? 0}`, workers: `workers?limit=${kPiece}&offset=${ui.workersFrom ?? 0}`, payouts: "payouts" });

const kColumns = [
    { id: "address", label: "Address", value: (m) => m.address, cell: (m) => h("span", { class: "worker" }, h("i", { class: `dot ${m.online ? "dot-ok" : "dot-off"}`, role: "img", "aria-label": m.online ? "connected" : "not connected" }), address(m.address), m.is_operator && badge("info", "operator", "The address of this node's operator.")) },
    { id: "workers", label: "Workers", align: "number", value: (m) => m.workers_total, cell: (m) => `${format.integer(m.workers_online)} of ${format.integer(m.workers_total)}` },
    { id: "m1", label: "1 min", align: "number", value: (m) => m.hash_rates.m1, cell: (m) => rate(m.hash_rates, "m1") },
    { id: "m15", label: "15 min", align: "number", value: (m) => m.hash_rates.m15, cell: (m) => rate(m.hash_rates, "m15") },
    { id: "h1", label: "1 h", align: "number", value: (m) => m.hash_rates.h1, cell: (m) => rate(m.hash_rates, "h1") },
    { id: "h24", label: "24 h", align: "number", value: (m) => m.hash_rates.h24, cell: (m) => rate(m.hash_rates, "h24") },
    { id: "late", label: "Late", tip: "Work that came after its job was over (dead on arrival, DOA).", align: "number", value: (m) => m.late_proportion, cell: (m) => late(m.late_proportion) },
    { id: "share", label: "A share every", tip: "Expected time between its shares at its rate of the last 15 minutes.", align: "number", value: (m) => m.expected_seconds_to_share, cell: (m) => known(format.about(m.expected_seconds_to_share), "known when it has a hash rate") },
    { id: "fraction", label: "Of the pool", tip: "Its part of the work in the payout window: its part of the next block.", align: "number", value: (m) => m.pool_fraction, cell: (m) => known(format.percent(m.pool_fraction), "it has no shares in the payout window") },
    { id: "payout", label: "If a block came now", align: "number", value: (m) => m.payout_now_duffs, cell: (m) => amount(m.payout_now_duffs) },
];

const kOthers = [
    { id: "address", label: "Address", value: (p) => p.address, cell: (p) => (p.address ? address(p.address) : h("code", null, p.script)) },
    { id: "fraction", label: "Of the pool", align: "number", value: (p) => p.fraction, cell: (p) => format.percent(p.fraction) },
    { id: "payout", label: "If a block came now", align: "number", value: (p) => p.duffs, cell: (p) => amount(p.duffs) },
];

export function view({ data, ui, redraw, reload }) {
    const context = { ui, redraw };
    const { miners } = data.miners;
    const others = data.payouts.payouts.filter((payout) => !payout.is_local && !payout.is_donation);
    const more = (name, total) => pieces({ total, from: ui[name] ?? 0, size: kPiece, go: (from) => {
        ui[name] = from;
        reload();
    } });
    return h("div", { class: "stack" },
        live.overview.miners.connections === 0 && connectHint(live.overview),
        card("Mining here, by payout address", null, miners.length === 0 ? nothing("Nobody has mined here since the node's start.")
            : table("miners", kColumns, miners, { context, key: (m) => m.address, order: { by: "m15", down: true } }), more("minersFrom", data.miners.total)),
        card("Their workers", null, workersTable(data.workers.workers, context), more("workersFrom", data.workers.total)),
        card("Others in the pool", null, others.length === 0 ? nothing("Nobody else has shares in the payout window.")
            : table("others", kOthers, others, { context, key: (p) => p.script, order: { by: "payout", down: true }, most: 50 })));
}
