// Hash rate over time with what is late and orphaned, and blocks and shares marked: of this node's miners or of the pool.
import { ask } from "../lib/api.js";
import { Chart } from "../lib/chart.js";
import { h, slot } from "../lib/dom.js";
import { hashRate } from "../lib/format.js";
import { live } from "../lib/live.js";
import { choice, problem } from "./basics.js";

export const kRanges = [["hour", "Hour"], ["day", "Day"], ["week", "Week"], ["month", "Month"], ["year", "Year"]];
const kKinds = [["own", "Your miners"], ["pool", "Pool"]];
const kRefreshSeconds = { hour: 12, day: 60, week: 300, month: 300, year: 300 };

const kMarkLegend = [{ label: "block", color: "gold", kind: "diamond" }, { label: "your share", color: "ok", kind: "tick" }];

/** In longer ranges there is a share in every bin, and a mark says nothing. */
const kShareRanges = new Set(["hour", "day"]);
const kMostBlocks = 300;

/** Blocks that the overview does not have any more. */
const olderBlocks = async (range) => (range === "hour" ? [] : (await ask(`blocks?limit=${kMostBlocks}`)).blocks);

async function ownSeries(range) {
    const [all, late, shares] = await Promise.all(["local_hash_rate", "local_dead_hash_rate", "local_share_hash_rates"].map((stream) => ask(`graphs/${stream}?range=${range}`)));
    const hasShare = (_, i) => shares.keys.some((key) => shares.series[key][i] > 0);
    return { times: all.times, shares: kShareRanges.has(range) ? shares.times.filter(hasShare) : [], series: [{ label: "hash rate", color: "accent", values: all.series.value, fill: true },
        { label: "late", color: "late", values: late.series.value, fill: true },
        ...(shares.series.orphan?.some((value) => value > 0) ? [{ label: "orphaned shares", color: "error", values: shares.series.orphan }] : [])] };
}

async function poolSeries(range) {
    const pool = await ask(`graphs/pool_rates?range=${range}`);
    const none = pool.times.map(() => null);
    const total = pool.times.map((_, i) => {
        const parts = pool.keys.map((key) => pool.series[key][i]).filter((value) => value !== null);
        return parts.length > 0 ? parts.reduce((sum, value) => sum + value, 0) : null;
    });
    return { times: pool.times, shares: [], series: [{ label: "hash rate", color: "accent", values: total, fill: true },
        { label: "late", color: "late", values: pool.series.doa ?? none, fill: true },
        { label: "orphaned", color: "error", values: pool.series.orphan ?? none }] };
}

export class RateChart {
    constructor() {
        this.chart = new Chart({ height: 260 });
    }

    /** Asks for new values when the present ones are old. */
    async refresh(kind, range) {
        const wanted = `${kind} ${range}`;
        if (this.asked === wanted && Date.now() < this.nextAt) return;
        this.asked = wanted;
        this.nextAt = Date.now() + kRefreshSeconds[range] * 1000;
        try {
            const [{ times, series, shares }, blocks] = await Promise.all([(kind === "own" ? ownSeries : poolSeries)(range), olderBlocks(range)]);
            if (this.asked !== wanted) return;
            this.shares = shares;
            this.blocks = blocks;
            this.values = { label: `${kind === "own" ? "Hash rate of this node's miners" : "Hash rate of the pool"}, last ${range}`, times, series };
            this.values.color = kind;
            this.error = null;
            this.#draw();
        } catch (error) {
            this.error = error;
            this.nextAt = Date.now() + 5000;
        }
    }

    #draw() {
        const byHash = new Map([...this.blocks, ...(live.overview?.last_blocks ?? [])].map((block) => [block.hash, block]));
        const blocks = [...byHash.values()].map((block) => ({ time: block.time, color: "gold", full: true }));
        const shares = this.shares.map((time) => ({ time, color: "ok" }));
        this.chart.update({ ...this.values, format: hashRate, marks: [...shares, ...blocks], markLegend: kMarkLegend });
    }

    /** The chart with its controls; the page's `ui` remembers them. */
    view({ ui, redraw }) {
        const kind = ui.rateKind ?? "own";
        const range = ui.rateRange ?? "hour";
        this.refresh(kind, range);
        const set = (name) => (value) => {
            ui[name] = value;
            redraw();
        };
        return [h("div", { class: "controls" }, choice("Whose hash rate", kKinds, kind, set("rateKind")), choice("Range", kRanges, range, set("rateRange"))),
            this.error && problem(this.error, { isOld: this.values !== undefined }), slot(this.chart)];
    }
}
