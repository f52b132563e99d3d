// Luck of the last blocks as bars, oldest at the left. Bars beyond the top end with a gap: regtest and young pools have
// luck without measure.
import { h, svg } from "../lib/dom.js";
import * as format from "../lib/format.js";

const kMostBars = 60;
const kTop = 300; // percent
const kHeight = 120;

export function luckBars(blocks) {
    const shown = blocks.slice(0, kMostBars).reverse();
    const width = 1000 / Math.max(shown.length, 12);
    const y = (percent) => kHeight - (Math.min(percent, kTop) / kTop) * kHeight;
    const bars = shown.map((block, i) => {
        const luck = block.luck_percent;
        if (luck === null) return null;
        const kind = block.status === "orphaned" ? "bar-lost" : luck >= 100 ? "bar-good" : "bar-poor";
        return svg("a", { href: `#/block/${block.hash}`, "aria-label": `Block ${format.blockName(block)}: luck ${format.wholePercent(luck)}`, "data-tip": `Block ${format.blockName(block)}: ${format.wholePercent(luck)}` },
            svg("rect", { class: "bar-room", x: i * width, y: 0, width, height: kHeight }),
            svg("rect", { class: kind, x: i * width + width * 0.15, y: y(luck), width: width * 0.7, height: Math.max(1, kHeight - y(luck)), rx: 2 }));
    });
    return h("div", { class: "luck-bars" },
        h("span", { class: "luck-line", vars: { "--at": `${100 - 10000 / kTop}%` } }, "100 %"),
        svg("svg", { viewBox: `0 0 1000 ${kHeight}`, preserveAspectRatio: "none" }, bars));
}
