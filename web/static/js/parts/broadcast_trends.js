// How the broadcaster fared: its peers over time, its last broadcasts, and how soon each peer had them.
import { ask } from "../lib/api.js";
import { Chart } from "../lib/chart.js";
import { h, slot } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { badge, card, choice, known, meter, nothing, time } from "./basics.js";
import { kRanges } from "./rate_chart.js";
import { table } from "./table.js";

const kRefreshMilliseconds = 20000;
const kNever = "that many peers were never reached";

/** Of the counters since the node's start, how many percent succeeded from one point to the next. */
function successRates(points) {
    return points.map((point, i) => {
        const before = points[i - 1];
        if (!before || point.successful_broadcasts < before.successful_broadcasts) return null;
        const good = point.successful_broadcasts - before.successful_broadcasts;
        const bad = point.failed_broadcasts - before.failed_broadcasts;
        return good + bad > 0 ? (100 * good) / (good + bad) : null;
    });
}

const kStates = { confirmed: ["ok", "settled"], accepted: ["info", "on the chain"], submitted: ["info", "sent"], orphaned: ["error", "orphaned"], lost: ["error", "orphaned"], rejected: ["error", "refused"] };

const kBroadcasts = [
    { id: "height", label: "Block", value: (b) => b.height, cell: (b) => h("a", { href: `#/block/${b.hash}` }, h("b", null, format.integer(b.height))) },
    { id: "time", label: "Sent", value: (b) => b.time, cell: (b) => time(b.time) },
    { id: "reached", label: "Reached", align: "number", value: (b) => (b.peers > 0 ? b.reached / b.peers : null), cell: (b) => `${b.reached} of ${b.peers}` },
    { id: "confirmed", label: "Showed it", tip: "Peers that proved to have the block.", align: "number", value: (b) => b.confirmed, cell: (b) => b.confirmed },
    { id: "half", label: "50 %", tip: "Time until half of the peers were reached.", align: "number", value: (b) => b.ms_50_percent, cell: (b) => known(format.milliseconds(b.ms_50_percent), kNever) },
    { id: "most", label: "90 %", tip: "Time until 90 % of the peers were reached.", align: "number", value: (b) => b.ms_90_percent, cell: (b) => known(format.milliseconds(b.ms_90_percent), kNever) },
    { id: "all", label: "All", align: "number", value: (b) => b.ms_all, cell: (b) => known(format.milliseconds(b.ms_all), kNever) },
    { id: "lock", label: "ChainLock", tip: "Time from the win to its ChainLock.", align: "number", value: (b) => b.chainlock_ms, cell: (b) => known(format.milliseconds(b.chainlock_ms), "it has no ChainLock, or it came after the node stopped looking") },
    { id: "state", label: "State", value: (b) => b.state, cell: (b) => badge(...(kStates[b.state] ?? ["off", b.state])) },
];

const kPeers = [
    { id: "address", label: "Peer", value: (p) => p.address, cell: (p) => h("code", null, p.address) },
    { id: "reached", label: "Reached", align: "number", value: (p) => p.reached / p.broadcasts, cell: (p) => `${p.reached} of ${p.broadcasts}` },
    { id: "rate", label: "", cell: (p) => h("div", { class: "bar-cell" }, meter(p.reached / p.broadcasts, format.percent(p.reached / p.broadcasts))) },
    { id: "confirmed", label: "Showed it", align: "number", value: (p) => p.confirmed, cell: (p) => p.confirmed },
    { id: "soon", label: "On average", align: "number", value: (p) => p.average_reached_ms, cell: (p) => known(format.milliseconds(p.average_reached_ms), "it was never reached") },
];

export class BroadcastTrends {
    charts = { peers: new Chart({ height: 180 }), ping: new Chart({ height: 180 }), success: new Chart({ height: 180 }) };

    async #refresh(range, redraw) {
        if (this.range === range && Date.now() < this.nextAt) return;
        this.range = range;
        this.nextAt = Date.now() + kRefreshMilliseconds;
        try {
            const answer = await ask(`broadcaster/history?range=${range}`);
            if (this.range !== range) return;
            this.answer = answer;
            this.#draw(answer.history, range);
        } catch {
            this.nextAt = Date.now() + 5000;
        }
        redraw();
    }

    #draw(points, range) {
        const times = points.map((point) => point.time);
        const column = (name) => points.map((point) => point[name]);
        this.charts.peers.update({ label: `Peers, last ${range}`, times, format: format.byUnit("count"), series: [{ label: "connected", color: "accent", values: column("connected"), fill: true }, { label: "known", color: "series-3", values: column("known") }, { label: "resting", color: "late", values: column("resting") }] });
        this.charts.ping.update({ label: `Median ping, last ${range}`, times, format: format.milliseconds, series: [{ label: "median ping", color: "accent", values: column("median_ping_ms"), fill: true }] });
        this.charts.success.update({ label: `Broadcasts that reached a peer, last ${range}`, times, format: format.wholePercent, series: [{ label: "reached", color: "ok", values: successRates(points), fill: true }] });
    }

    view({ ui, redraw }) {
        const range = ui.trendRange ?? "day";
        this.#refresh(range, redraw);
        const { history = [], broadcasts = [], peers = [] } = this.answer ?? {};
        const context = { ui, redraw };
        return [
            card("Trends", { extra: choice("Range", kRanges, range, (value) => {
                ui.trendRange = value;
                redraw();
            }) }, history.length < 2 ? nothing("The node notes this every five minutes; it has not done so twice in this range yet.")
                : h("div", { class: "thirds" }, Object.values(this.charts).map((chart) => slot(chart)))),
            card("Broadcasts", null, broadcasts.length === 0 ? nothing("No block was won in this range.")
                : table("broadcasts", kBroadcasts, broadcasts, { context, key: (b) => b.hash, order: { by: "time", down: true }, most: 10, caption: "Broadcasts of won blocks" })),
            peers.length > 0 && card("How soon peers had them", null, table("speed", kPeers, peers, { context, key: (p) => p.address, order: { by: "soon", down: false }, most: 15 })),
        ];
    }
}
