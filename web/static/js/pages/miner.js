// One payout address: what it does, what it gets, and where the work comes from.
import { ask } from "../lib/api.js";
import { Chart } from "../lib/chart.js";
import { h, slot } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { address, amount, badge, card, choice, fact, facts, hash, known, nothing, problem, time } from "../parts/basics.js";
import { blockStatus } from "../parts/blocks.js";
import { ownCard } from "../parts/own.js";
import { kRanges } from "../parts/rate_chart.js";
import { kPiece, pieces, table } from "../parts/table.js";
import { late, rate, workersTable } from "../parts/workers.js";

export const title = () => "Miner";
export const every = 10;
export const reloadOn = ["share", "block"];
export const sources = ({ parameter, ui }) => ({ miner: `miners/${encodeURIComponent(parameter)}?limit=${kPiece}&offset=${ui.from?.[parameter] ?? 0}` });
export const optional = ["miner"];

const kMostLines = 6;
let chart = null;

class WorkersChart {
    chart = new Chart({ height: 220 });

    async refresh(names, range) {
        const wanted = `${names.join()} ${range}`;
        if (this.asked === wanted && Date.now() < this.nextAt) return;
        this.asked = wanted;
        this.nextAt = Date.now() + (range === "hour" ? 15000 : 120000);
        try {
            const query = new URLSearchParams({ range, key: names.join(",") });
            const graph = await ask(`graphs/miner_hash_rates?${query}`);
            if (this.asked !== wanted) return;
            const label = (name) => name.split(/[._](.*)/s)[1] || "unnamed";
            this.error = null;
            this.chart.update({ label: `Hash rate by worker, last ${range}`, times: graph.times, format: format.hashRate,
                series: graph.keys.map((key, i) => ({ label: label(key), color: `series-${i}`, values: graph.series[key], fill: graph.keys.length === 1 })) });
        } catch (error) {
            this.error = error;
            this.nextAt = Date.now() + 5000;
        }
    }
}

const kPayouts = [
    { id: "height", label: "Block", value: (p) => p.height, cell: (p) => h("a", { href: `#/block/${p.hash}` }, format.blockName(p)) },
    { id: "time", label: "Found", value: (p) => p.time, cell: (p) => time(p.time) },
    { id: "amount", label: "Paid to it", align: "number", value: (p) => p.duffs, cell: (p) => amount(p.duffs) },
    { id: "finder", label: "", cell: (p) => (p.found_by_it ? badge("gold", "found by it") : "") },
    { id: "status", label: "State", value: (p) => p.status, cell: blockStatus },
    { id: "hash", label: "Hash", cell: (p) => hash(p.hash, { what: "block hash", explorer: p.explorer_url.slice(0, -p.hash.length) }) },
];

/** Its owner needs no password of the node's to see it. */
function closed({ parameter, errors, ui, reload }) {
    if (errors.miner.status !== 401) return problem(errors.miner);
    return h("div", { class: "stack" }, problem(errors.miner), ownCard({ address: parameter, workers: [] }, { ui, redraw: reload }));
}

export function view(page) {
    const { data: { miner }, errors, ui, redraw, reload } = page;
    if (!miner) return closed(page);
    const range = ui.range ?? "hour";
    const names = miner.workers.slice(0, kMostLines).map((worker) => worker.name).sort();
    chart ??= new WorkersChart();
    if (names.length > 0) chart.refresh(names, range);
    const unknownRate = miner.is_local ? "known when the node has run for a minute" : "it mines at another node";
    const rateFact = (label, span) => fact(label, miner.is_local ? rate(miner.hash_rates, span) : known(null, unknownRate));
    return h("div", { class: "stack" },
        errors.miner && problem(errors.miner, { isOld: true }),
        h("div", { class: "identity" }, address(miner.address, { link: false, whole: true }), miner.is_operator && badge("info", "operator"),
            badge(miner.online ? "ok" : "off", miner.online ? "mining here" : miner.is_local ? "not connected now" : "mines elsewhere")),
        h("div", { class: "thirds" },
            card("Hash rate", null, facts(rateFact("1 minute", "m1"), rateFact("15 minutes", "m15"), rateFact("1 hour", "h1"), rateFact("24 hours", "h24"))),
            card("Earnings", null, facts(
                fact("if a block came now", amount(miner.payout_now_duffs)),
                fact("of the pool", known(format.percent(miner.pool_fraction), "it has no shares in the payout window")),
                fact("paid", amount(miner.paid_duffs), "By confirmed blocks that this node knows of."),
                fact("on its way", amount(miner.pending_duffs), "By blocks that are not settled yet."))),
            card("Quality", null, facts(
                fact("late", miner.is_local ? late(miner.late_proportion) : known(null, unknownRate), "Work that came after its job was over (dead on arrival, DOA)."),
                fact("stale shares", known(format.percent(miner.stale_proportion), "it has no shares in the payout window"), "Of its shares in the chain: orphaned or late ones that they tell of."),
                fact("a share every", known(format.about(miner.expected_seconds_to_share), unknownRate))))),
        names.length > 0 && card("Hash rate by worker", { extra: choice("Range", kRanges, range, (value) => {
            ui.range = value;
            redraw();
        }) }, chart.error && problem(chart.error, { isOld: true }), slot(chart.chart)),
        miner.is_local && card("Workers", null, workersTable(miner.workers, { ui, redraw }),
            pieces({ total: miner.workers_total, from: ui.from?.[miner.address] ?? 0, size: kPiece, go: (from) => {
                ui.from = { [miner.address]: from };
                reload();
            } })),
        (miner.is_local || miner.pool_fraction > 0) && ownCard(miner, { ui, redraw }),
        card("Blocks that pay it", null, miner.payouts.length === 0 ? nothing("No block that this node knows of pays this address yet.")
            : table("payouts", kPayouts, miner.payouts, { context: { ui, redraw }, key: (p) => p.hash, order: { by: "time", down: true }, most: 30 })));
}
