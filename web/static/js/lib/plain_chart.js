// Lines without a library: small pictures beside numbers, and all charts where uPlot is missing.
import { h, svg } from "./dom.js";

/** Polylines, cut where nothing is known. `x` and `y` scale to 0…width and 0…height. */
function paths(times, values, [from, to], top, width, height) {
    let text = "";
    let pen = false;
    times.forEach((time, i) => {
        const value = values[i];
        if (value === null || value === undefined) {
            pen = false;
            return;
        }
        const x = ((time - from) / (to - from || 1)) * width;
        const y = height - (value / (top || 1)) * height;
        text += `${pen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
        pen = true;
    });
    return text;
}

const largest = (values) => values.reduce((most, value) => Math.max(most, value ?? 0), 0);

/** A line as high as the text around it. Tells nothing by itself: the numbers stand beside it. */
export function sparkline(times, values) {
    const range = [times[0] ?? 0, times.at(-1) ?? 1];
    const line = paths(times, values, range, largest(values) * 1.05, 120, 28);
    return svg("svg", { class: "sparkline", viewBox: "-1 -2 122 32", preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("path", { d: line, "vector-effect": "non-scaling-stroke" }));
}

/** `chart`: { times, series: [{ label, color, values }], format, label }. */
export function plainChart({ times, series, format }) {
    const top = Math.max(...series.map((one) => largest(one.values)), 0) * 1.05;
    const range = [times[0] ?? 0, times.at(-1) ?? 1];
    const clock = (time) => new Date(time * 1000).toLocaleString(undefined, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
    return h("div", { class: "plain-chart" },
        h("span", { class: "plain-top" }, format(top) ?? ""),
        svg("svg", { viewBox: "0 0 600 180", preserveAspectRatio: "none", "aria-hidden": "true" },
            series.map((one) => svg("path", { d: paths(times, one.values, range, top, 600, 180), "vector-effect": "non-scaling-stroke", vars: { stroke: one.color } }))),
        h("span", { class: "plain-range" }, h("span", null, clock(range[0])), h("span", null, clock(range[1]))));
}
