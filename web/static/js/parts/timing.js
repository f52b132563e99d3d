// How a won block left, as a picture: the three ways to the network on top, below them a row a peer of the broadcaster.
// Time goes to the right from the moment the block was won.
import { h, svg } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { card, fact, facts, known, nothing } from "./basics.js";

const kRowHeight = 20;
const kMostRows = 60;
const kNever = "that many peers were never reached";

/** Told apart by shape as well as by colour. */
const kMarks = {
    first_byte_ms: ["mark-first", "compact block left", "M0-4a4 4 0 1 0 .01 0z"],
    last_byte_ms: ["mark-sent", "all of it left", "M-3.5-3.5h7v7h-7z"],
    reached_ms: ["mark-reached", "reached", "M0-5 5 4h-10z"],
    confirmed_ms: ["mark-confirmed", "showed that it has it", "M0-5.5 5 0 0 5.5-5 0z"],
};
const kWays = { daemon_p2p: "dashd by P2P", submitblock: "submitblock", peers: "Dash peers" };
const kFinished = { daemon_p2p: "all of it left", submitblock: "dashd answered", peers: "the last peer was reached" };

/** A round number of milliseconds at least as large, whose quarters are round, too. */
function niceTop(value) {
    const size = 10 ** Math.floor(Math.log10(Math.max(1, value)));
    return [1, 2, 4, 8, 10].map((step) => step * size).find((top) => top >= value) ?? value;
}

const isTime = (value) => typeof value === "number";
const largest = (...values) => Math.max(0, ...values.filter(isTime));
const later = (value, shift) => (isTime(value) ? value + shift : null);

/** The broadcast of `block` with its times counted from the win, instead of from its own start; null when there was none. */
export function broadcastFromTheWin({ broadcast, submission }) {
    if (!broadcast) return null;
    const shift = submission ? Math.max(0, 1000 * (broadcast.time - submission.found_at)) : 0;
    const peers = broadcast.peers.map((peer) => ({ ...peer, ...Object.fromEntries(Object.keys(kMarks).map((time) => [time, later(peer[time], shift)])) }));
    return { ...broadcast, peers, ms_50_percent: later(broadcast.ms_50_percent, shift), ms_90_percent: later(broadcast.ms_90_percent, shift), ms_all: later(broadcast.ms_all, shift) };
}

/** Each way with its start and its end; the broadcast's is when the last peer was reached, as it waits for those that never are. */
function waysOf(submission, broadcast) {
    if (!submission) return [];
    return Object.entries(kWays).map(([way, name]) => {
        const { started_ms: start, finished_ms: finished } = submission.phases[way];
        const lastReached = way === "peers" && broadcast ? largest(...broadcast.peers.map((peer) => peer.reached_ms)) || null : null;
        return { way, name, start, end: lastReached ?? finished };
    }).filter(({ start }) => isTime(start));
}

const room = (y) => svg("rect", { class: "timing-room", x: 0, y, width: "100%", height: kRowHeight });

function wayRow({ way, name, start, end }, i, x) {
    const y = i * kRowHeight;
    const words = `begun after ${format.milliseconds(start)}, ${isTime(end) ? `${kFinished[way]} after ${format.milliseconds(end)}` : "not done"}`;
    return svg("g", { "data-tip": `${name}: ${words}` }, room(y),
        svg("line", { class: isTime(end) ? "timing-way" : "timing-way open", x1: x(start), x2: isTime(end) ? x(Math.max(end, start)) : "99%", y1: y + kRowHeight / 2, y2: y + kRowHeight / 2 }));
}

function peerRow(peer, i, x) {
    const y = i * kRowHeight;
    const middle = y + kRowHeight / 2;
    const words = Object.entries(kMarks).map(([time, [, label]]) => `${label} ${format.milliseconds(peer[time]) ?? "never"}`);
    const mark = ([time, [kind, , shape]]) => isTime(peer[time]) && svg("svg", { x: x(peer[time]), y: middle, overflow: "visible", "aria-hidden": "true" }, svg("path", { class: kind, d: shape }));
    return svg("g", { class: peer.state === "failed" ? "failed" : "", "data-tip": `${peer.address}: ${words.join(", ")}. ${peer.sent}; ${peer.outcome}` }, room(y),
        svg("line", { class: "timing-line", x1: x(0), x2: x(largest(...Object.keys(kMarks).map((time) => peer[time]))), y1: middle, y2: middle }),
        Object.entries(kMarks).map(mark));
}

function picture(ways, broadcast) {
    const peers = [...(broadcast?.peers ?? [])].sort((a, b) => (a.reached_ms ?? Infinity) - (b.reached_ms ?? Infinity)).slice(0, kMostRows);
    const top = niceTop(largest(...ways.flatMap(({ start, end }) => [start, end]), ...peers.flatMap((peer) => Object.keys(kMarks).map((time) => peer[time]))) || 1);
    const x = (ms) => `${(1 + (98 * Math.min(ms, top)) / top).toFixed(2)}%`;
    const height = (ways.length + peers.length) * kRowHeight;
    const percent = (value, label) => isTime(value) && svg("line", { class: "timing-percent", x1: x(value), x2: x(value), y1: ways.length * kRowHeight, y2: height, "data-tip": `${label} of the peers reached after ${format.milliseconds(value)}` });
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => format.milliseconds(part * top) ?? "0");
    return h("div", { class: "timing" },
        h("div", { class: "timing-names" }, ways.map(({ way, name }) => h("b", { key: way }, name)), peers.map((peer) => h("span", { key: peer.address, class: peer.state === "failed" ? "text-error" : undefined }, h("code", null, peer.address)))),
        h("div", { class: "timing-picture" },
            svg("svg", { role: "img", "aria-label": "When the block left on each way, and when each peer got it; the figures above sum it up", vars: { height: `${height}px` } },
                ways.map((way, i) => wayRow(way, i, x)), percent(broadcast?.ms_50_percent, "50 %"), percent(broadcast?.ms_90_percent, "90 %"), peers.map((peer, i) => peerRow(peer, ways.length + i, x))),
            h("div", { class: "timing-ticks", "aria-hidden": "true" }, ticks.map((tick) => h("span", null, tick)))),
        broadcast && broadcast.peers.length > peers.length && h("p", { class: "muted" }, `The first ${peers.length} of ${broadcast.peers.length} peers are shown.`));
}

const legend = () => h("div", { class: "legend" }, Object.values(kMarks).map(([kind, label, shape]) =>
    h("span", { class: "legend-entry" }, svg("svg", { class: "dot", viewBox: "-6 -6 12 12", "aria-hidden": "true" }, svg("path", { class: kind, d: shape })), label)));

const reachedFacts = (report) => facts(
    fact("peers reached", `${format.integer(report.reached)} of ${format.integer(report.peers.filter((peer) => peer.state !== "announced").length)}`),
    fact("showed it", format.integer(report.confirmed), "Peers that proved to have the block."),
    fact("half of them after", known(format.milliseconds(report.ms_50_percent), kNever)),
    fact("90 % after", known(format.milliseconds(report.ms_90_percent), kNever)),
    fact("all after", known(format.milliseconds(report.ms_all), kNever)),
    fact("size", `${format.bytes(report.block_bytes)} · compact ${format.bytes(report.compact_bytes)}`, "The compact block goes first: peers have most transactions already."),
    fact("transactions", `${format.integer(report.transactions)} · ${format.integer(report.prefilled)} sent along`));

/** null when nothing is known of how `block` was sent. */
export function timingCard(block) {
    const { submission } = block;
    if (!submission && !block.broadcast) return null;
    const broadcast = broadcastFromTheWin(block);
    return card("Timing, from the win on", null,
        broadcast && reachedFacts(broadcast),
        broadcast?.peers.length === 0 && nothing("The broadcaster had no peer then; dashd alone got the block."),
        picture(waysOf(submission, broadcast), broadcast), broadcast && legend());
}
