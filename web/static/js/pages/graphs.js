// All that is recorded, over an hour to a year.
import { ask } from "../lib/api.js";
import { Chart } from "../lib/chart.js";
import { h, slot } from "../lib/dom.js";
import { byUnit, shortAddress } from "../lib/format.js";
import { card, choice, nothing, problem } from "../parts/basics.js";
import { kRanges } from "../parts/rate_chart.js";

export const title = () => "Graphs";
export const every = 30;
export const sources = () => ({ list: "graphs" });

const kMostLines = 8;
/** In this order, with these names; what else the node records follows. */
const kTitles = {
    local_hash_rate: "Hash rate of this node's miners", local_dead_hash_rate: "Late work", pool_rates: "Hash rate of the pool",
    local_share_hash_rates: "Hash rate in shares", miner_hash_rates: "Hash rate by worker", current_payout: "Payout of the node's address",
    current_payouts: "Payouts of the miners here", worker_count: "Workers", unique_miner_count: "Payout addresses", connected_miners: "Stratum connections",
    peers: "p2pool nodes", traffic_rate: "p2pool traffic", getwork_latency: "Time for a block template", desired_version_rates: "Votes for share versions",
    miner_dead_hash_rates: "Late work by worker", memory_usage: "Memory of this program",
};
/** Names of series that have a meaning, and its colour. */
const kMeanings = { good: "accent", orphan: "error", doa: "late", dead: "late", value: "accent", incoming: "series-0", outgoing: "series-1", "p2p/in": "series-0", "p2p/out": "series-1", others: "muted" };
const kNames = { doa: "late", dead: "late", orphan: "orphaned", "p2p/in": "received", "p2p/out": "sent" };
const charts = new Map();

function draw(chart, stream, graph, name) {
    const single = graph.keys.length === 1;
    const label = (key) => (key === "value" ? name.toLowerCase() : kNames[key] ?? shortName(key));
    chart.update({ label: name, times: graph.times, format: byUnit(stream.unit), isWhole: stream.unit === "count",
        series: graph.keys.map((key, i) => ({ label: label(key), color: kMeanings[key] ?? `series-${i % 8}`, values: graph.series[key], fill: single || key === "good" })) });
    chart.isEmpty = graph.keys.every((key) => graph.series[key].every((value) => value === null));
}

function shortName(key) {
    const [address, worker] = key.split(/[._](.*)/s);
    return address.length > 20 ? (worker ? `${worker} (${address.slice(0, 5)}…)` : shortAddress(address)) : key;
}

/** Brings one chart up to date; several may be on their way. */
async function refresh(stream, range, redraw) {
    const entry = charts.get(stream.name);
    const wanted = range;
    if (entry.range === wanted && Date.now() < entry.nextAt) return;
    entry.range = wanted;
    entry.nextAt = Date.now() + (range === "hour" ? 24000 : range === "day" ? 120000 : 600000);
    try {
        const graph = await ask(`graphs/${stream.name}?range=${range}&most=${kMostLines}`);
        if (entry.range !== wanted) return;
        draw(entry.chart, stream, graph, kTitles[stream.name] ?? stream.text);
        entry.error = null;
    } catch (error) {
        entry.error = error;
        entry.nextAt = Date.now() + (error.status === 401 ? 60000 : 5000);
    }
    redraw();
}

export function view({ data, parameter, redraw }) {
    const range = kRanges.some(([name]) => name === parameter) ? parameter : "day";
    const order = Object.keys(kTitles);
    const place = (stream) => (order.includes(stream.name) ? order.indexOf(stream.name) : order.length);
    const streams = [...data.list.streams].sort((a, b) => place(a) - place(b));
    for (const stream of streams) {
        if (!charts.has(stream.name)) charts.set(stream.name, { chart: new Chart({ height: 200 }) });
        refresh(stream, range, redraw);
    }
    return h("div", { class: "stack" },
        h("div", { class: "controls" }, choice("Range", kRanges, range, (value) => (location.hash = `#/graphs/${value}`))),
        h("div", { class: "halves" }, streams.map((stream) => {
            const entry = charts.get(stream.name);
            const hadOne = entry.chart.data !== undefined;
            const picture = entry.chart.isEmpty ? nothing("Nothing is recorded in this range yet.") : slot(entry.chart);
            return card(kTitles[stream.name] ?? stream.text, { key: stream.name }, entry.error && problem(entry.error, { isOld: hadOne }), (hadOne || !entry.error) && picture);
        })));
}
