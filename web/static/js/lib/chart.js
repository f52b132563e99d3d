// A chart over time that is drawn once and then only given new values. Uses uPlot; without it, plain lines.
import { h } from "./dom.js";
import { color } from "./colors.js";
import { plainChart } from "./plain_chart.js";
import { chartLibrary } from "./vendor.js";

const kDay = 86400;
const kWholeSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const kFont = "12px system-ui, sans-serif";

function axisTimes(_, splits, __, ___, step) {
    return splits.map((time) => {
        const date = new Date(time * 1000);
        const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
        if (step < kDay && !isMidnight) return date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
        return date.toLocaleDateString(undefined, step >= 28 * kDay ? { month: "short", year: "numeric" } : { month: "short", day: "numeric" });
    });
}

function fullTime(time) {
    return new Date(time * 1000).toLocaleString(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
}

/** Values with nothing known on both sides would be invisible as lines. */
function isolated(plot, series) {
    const values = plot.data[series];
    const isGap = (i) => values[i] === null || values[i] === undefined;
    return values.map((_, i) => i).filter((i) => !isGap(i) && isGap(i - 1) && isGap(i + 1));
}

const last = (values) => values.findLast((value) => value !== null && value !== undefined);

export class Chart {
    /** `height` in pixels. */
    constructor({ height = 240 } = {}) {
        this.height = height;
        this.hidden = new Set(); // labels of series the user switched off
        this.picture = h("div", { class: "chart-picture" });
        this.legend = h("div", { class: "legend" });
        this.element = h("figure", { class: "chart" }, this.picture, this.legend);
        this.resizing = new ResizeObserver(() => this.#resize());
        this.resizing.observe(this.picture);
        this.picture.style.setProperty("--height", `${height}px`);
        addEventListener("themechange", () => this.#redraw());
    }

    /**
     * `data`: { label, times, series: [{ label, color (a variable's name), values, fill }], format(value),
     * isWhole: it counts things, marks: [{ time, color, full }] }. Values may be null: nothing is known then.
     */
    async update(data) {
        this.data = data;
        this.uPlot ??= await chartLibrary();
        if (this.data !== data) return;
        this.element.setAttribute("role", "group");
        this.element.setAttribute("aria-label", this.#inWords());
        if (this.uPlot) this.#draw();
        else this.picture.replaceChildren(plainChart({ ...data, series: this.#shown().map((one) => ({ ...one, color: color(one.color) })) }));
        this.#drawLegend(null);
    }

    #shown() {
        return this.data.series.filter((one) => !this.hidden.has(one.label));
    }

    #inWords() {
        const { label, series, format } = this.data;
        const parts = series.map((one) => `${one.label} now ${format(last(one.values)) ?? "unknown"}, at most ${format(Math.max(0, ...one.values.filter((v) => v !== null)))}`);
        return `${label}: ${parts.join("; ")}`;
    }

    #draw() {
        const shown = this.#shown();
        const shape = JSON.stringify(shown.map((one) => [one.label, one.color, Boolean(one.fill)]));
        const values = [this.data.times, ...shown.map((one) => one.values)];
        if (this.plot && shape === this.shape) {
            this.plot.setData(values);
            return;
        }
        this.shape = shape;
        this.plot?.destroy();
        this.picture.replaceChildren();
        this.plot = new this.uPlot(this.#options(shown), values, this.picture);
        this.plot.root.setAttribute("aria-hidden", "true");
    }

    #options(shown) {
        const axis = { stroke: () => color("muted"), font: kFont, grid: { stroke: () => color("line"), width: 1 }, ticks: { show: false } };
        return {
            width: Math.max(200, this.picture.clientWidth), height: this.height, legend: { show: false }, padding: [12, 8, 0, 0],
            cursor: { y: false, points: { size: 7 }, drag: { setScale: false, x: false, y: false } },
            scales: { y: { range: (_, __, most) => [0, (most || 1) * 1.08] } },
            axes: [{ ...axis, values: axisTimes, space: 70, size: 30, grid: { show: false } },
                { ...axis, values: (_, splits) => splits.map((value) => (value === 0 ? "0" : this.data.format(value))), size: 74, space: 40, ...(this.data.isWhole && { incrs: kWholeSteps }) }],
            series: [{}, ...shown.map((one) => ({
                label: one.label, stroke: () => color(one.color), width: 2, spanGaps: false, points: { show: false, size: 5, fill: () => color(one.color), filter: isolated },
                fill: one.fill ? () => color(`${one.color}-soft`) || `${color(one.color)}26` : undefined,
            }))],
            hooks: { setCursor: [(plot) => this.#drawLegend(plot.cursor.idx)], draw: [(plot) => this.#drawMarks(plot)] },
        };
    }

    /** Blocks as lines through the picture, shares as ticks at its foot. */
    #drawMarks(plot) {
        const { ctx, bbox } = plot;
        const unit = window.devicePixelRatio || 1;
        ctx.save();
        for (const mark of this.data.marks ?? []) {
            const x = Math.round(plot.valToPos(mark.time, "x", true));
            if (x < bbox.left || x > bbox.left + bbox.width) continue;
            ctx.fillStyle = color(mark.color);
            const height = mark.full ? bbox.height : 7 * unit;
            ctx.globalAlpha = mark.full ? 0.45 : 0.9;
            ctx.fillRect(x, bbox.top + bbox.height - height, unit, height);
            if (!mark.full) continue;
            ctx.globalAlpha = 1;
            const size = 4 * unit;
            ctx.beginPath();
            ctx.moveTo(x, bbox.top - size);
            ctx.lineTo(x + size, bbox.top);
            ctx.lineTo(x, bbox.top + size);
            ctx.lineTo(x - size, bbox.top);
            ctx.fill();
        }
        ctx.restore();
    }

    /** Names, colours and values: the last ones, or those under the pointer. */
    #drawLegend(index) {
        const { series, times, format, markLegend = [] } = this.data;
        const isAt = index !== null && index !== undefined;
        const entry = (one) => h("button", {
            type: "button", class: "legend-entry", "aria-pressed": String(!this.hidden.has(one.label)),
            onclick: () => {
                if (!this.hidden.delete(one.label)) this.hidden.add(one.label);
                this.update({ ...this.data });
            },
        }, h("i", { vars: { "--color": `var(--${one.color})` } }), one.label, h("b", null, format(isAt ? one.values[index] : last(one.values)) ?? "–"));
        this.legend.replaceChildren(...series.map(entry),
            ...markLegend.map((mark) => h("span", { class: "legend-entry legend-mark" }, h("i", { class: mark.kind, vars: { "--color": `var(--${mark.color})` } }), mark.label)),
            h("span", { class: "legend-time" }, isAt ? fullTime(times[index]) : ""));
    }

    #resize() {
        const width = this.picture.clientWidth;
        if (this.plot && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: this.height });
    }

    #redraw() {
        if (this.plot) this.plot.redraw(false);
        else if (this.data) this.update({ ...this.data });
    }
}
