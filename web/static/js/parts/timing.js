// One broadcast as a picture: a row a peer, time to the right from 0 ms on, with the moments when the compact block left,
// the full block left, and the peer showed that it has the block.
import { h, svg } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { card, fact, facts, known, nothing } from "./basics.js";

const kRowHeight = 20;
const kMostRows = 60;
const kNever = "that many peers were never reached";

/** A round number of milliseconds at least as large. */
function niceTop(value) {
    const size = 10 ** Math.floor(Math.log10(Math.max(1, value)));
    return [1, 2, 5, 10].map((step) => step * size).find((top) => top >= value) ?? value;
}

const largest = (...values) => Math.max(0, ...values.filter((value) => typeof value === "number"));

function row(peer, i, x) {
    const y = i * kRowHeight;
    const middle = y + kRowHeight / 2;
    const end = largest(peer.first_byte_ms, peer.last_byte_ms, peer.reached_ms, peer.confirmed_ms);
    const mark = (kind, value, shape) => typeof value === "number" && shape(x(value), kind);
    const disc = (at, kind) => svg("circle", { class: kind, cx: at, cy: middle, r: 4 });
    const words = [`first byte ${format.milliseconds(peer.first_byte_ms) ?? "never"}`, `all sent ${format.milliseconds(peer.last_byte_ms) ?? "never"}`, `reached ${format.milliseconds(peer.reached_ms) ?? "never"}`, `showed it ${format.milliseconds(peer.confirmed_ms) ?? "never"}`];
    return svg("g", { class: peer.state === "failed" ? "failed" : "", "data-tip": `${peer.address}: ${words.join(", ")}. ${peer.sent}; ${peer.outcome}` },
        svg("rect", { class: "timing-room", x: 0, y, width: "100%", height: kRowHeight }),
        svg("line", { class: "timing-line", x1: x(0), x2: x(end), y1: middle, y2: middle }),
        mark("mark-first", peer.first_byte_ms, disc), mark("mark-sent", peer.last_byte_ms, disc), mark("mark-reached", peer.reached_ms, disc), mark("mark-confirmed", peer.confirmed_ms, disc));
}

function picture({ peers, ms_50_percent: half, ms_90_percent: most }) {
    const rows = [...peers].sort((a, b) => (a.reached_ms ?? Infinity) - (b.reached_ms ?? Infinity)).slice(0, kMostRows);
    const top = niceTop(largest(...rows.flatMap((peer) => [peer.last_byte_ms, peer.reached_ms, peer.confirmed_ms])) || 1);
    const x = (ms) => `${(1 + (98 * Math.min(ms, top)) / top).toFixed(2)}%`;
    const height = rows.length * kRowHeight;
    const line = (value, label) => typeof value === "number" && svg("line", { class: "timing-percent", x1: x(value), x2: x(value), y1: 0, y2: height, "data-tip": `${label} of the peers reached after ${format.milliseconds(value)}` });
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => format.milliseconds(part * top) ?? "0");
    return h("div", { class: "timing" },
        h("div", { class: "timing-names" }, rows.map((peer) => h("span", { key: peer.address, class: peer.state === "failed" ? "text-error" : undefined }, h("code", null, peer.address)))),
        h("div", { class: "timing-picture" },
            svg("svg", { role: "img", "aria-label": "When each peer got the block; the table of figures above sums it up", vars: { height: `${height}px` } },
                line(half, "50 %"), line(most, "90 %"), rows.map((peer, i) => row(peer, i, x))),
            h("div", { class: "timing-ticks", "aria-hidden": "true" }, ticks.map((tick) => h("span", null, tick)))));
}

const kLegend = [["mark-first", "compact block left"], ["mark-sent", "all of it left"], ["mark-reached", "reached"], ["mark-confirmed", "showed that it has it"]];

export function broadcastCard(report) {
    return card("Broadcast to the Dash network", null,
        facts(
            fact("peers reached", `${format.integer(report.reached)} of ${format.integer(report.peers.filter((peer) => peer.state !== "announced").length)}`),
            fact("showed it", format.integer(report.confirmed), "Peers that proved to have the block."),
            fact("half of them after", known(format.milliseconds(report.ms_50_percent), kNever)),
            fact("90 % after", known(format.milliseconds(report.ms_90_percent), kNever)),
            fact("all after", known(format.milliseconds(report.ms_all), kNever)),
            fact("size", `${format.bytes(report.block_bytes)} · compact ${format.bytes(report.compact_bytes)}`, "The compact block goes first: peers have most transactions already."),
            fact("transactions", `${format.integer(report.transactions)} · ${format.integer(report.prefilled)} sent along`)),
        report.peers.length === 0 ? nothing("The broadcaster had no peer then; dashd alone got the block.") : [picture(report),
            h("div", { class: "legend" }, kLegend.map(([kind, label]) => h("span", { class: "legend-entry" }, svg("svg", { class: "dot", viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("circle", { class: kind, cx: 5, cy: 5, r: 4 })), label)))]);
}
