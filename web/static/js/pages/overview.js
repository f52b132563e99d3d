// Is it working? What am I earning? What is about to go wrong?
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { amount, badge, card, facts, fact, known, level, meter, nothing, problem, time, tip } from "../parts/basics.js";
import { blockStatus } from "../parts/blocks.js";
import { connectHint } from "../parts/connect.js";
import { news } from "../parts/news.js";
import { RateChart } from "../parts/rate_chart.js";
import { sparkline } from "../lib/plain_chart.js";
import { workersTable } from "../parts/workers.js";
import { templateAge } from "../shell.js";

export const title = () => "Overview";
export const every = 10;
export const reloadOn = ["block"];
/** Miners may be behind a password. */
export const optional = ["workers", "broadcaster"];
export const sources = () => ({
    broadcaster: "broadcaster",
    own: "graphs/local_hash_rate?range=hour",
    pool: "graphs/pool_rates?range=hour&key=good",
    workers: `workers?limit=${kWorkers}`,
});

/** The strongest; the page of miners has all. */
const kWorkers = 50;
const kYoung = "known when the node has run for a minute";
let chart = null;

function miners({ miners: own }, data) {
    const rate = own.hash_rates.m15;
    return card("Your miners", { class: "headline" },
        h("p", { class: "figure" }, h("span", { class: "live" }, known(format.hashRate(rate), kYoung)), sparkline(data.own.times, data.own.series.value)),
        h("p", null, `${format.integer(own.workers)} ${own.workers === 1 ? "worker" : "workers"}`, own.late_proportion === null ? "" : [" · ", format.percent(own.late_proportion), " ", tip("late", "Work that came after its job was over (dead on arrival, DOA). It is not paid.")]),
        h("p", { class: "muted" }, own.expected_seconds_to_share === null
            ? (own.connections > 0 ? ["a share every ", known(null, "known when the first work has been submitted")] : "no miner is connected")
            : ["a ", tip("share", "A share is an easy block of the share chain. Your part of the recent ones is your part of the next block."), own.expected_seconds_to_share < 1 ? " every second or faster" : ` every ${format.about(own.expected_seconds_to_share)}`]));
}

function poolCard({ pool, miners: own }, data) {
    return card("Pool", { class: "headline" },
        h("p", { class: "figure" }, h("span", { class: "live" }, known(format.hashRate(pool.hashes_per_second), "the share chain has no shares yet")), sparkline(data.pool.times, data.pool.series.good ?? [])),
        h("p", null, own.pool_fraction === null ? "no part of it is yours yet" : `${format.percent(own.pool_fraction)} of it is yours`),
        h("p", { class: "muted" }, `${format.integer(pool.miners)} ${pool.miners === 1 ? "miner" : "miners"} paid · ${format.integer(pool.peers)} ${pool.peers === 1 ? "node" : "nodes"} connected`));
}

function nextBlock({ pool, luck, payout_now_duffs: payout }) {
    const progress = luck.round_progress;
    const words = progress === null ? "not known yet" : `${format.wholePercent(100 * progress)} of the expected time has passed`;
    return card("Next block", { class: "headline" },
        h("p", { class: "figure" }, pool.expected_seconds_to_block === null ? known(null, "known when the pool has a hash rate") : h("span", null, h("small", null, "expected in "), format.about(pool.expected_seconds_to_block))),
        h("p", { class: "round" }, tip("round", "How much of the expected time has passed since the last block. Beyond 100 % the pool is unlucky; it says nothing about when the block comes."), meter(progress, `Round: ${words}`, progress > 1 ? "meter-over" : ""), h("span", null, known(progress === null ? null : format.wholePercent(100 * progress), "known after the pool's first block"))),
        h("p", { class: "muted" }, "if found now you get ", h("b", { class: "live" }, amount(payout, "the share chain is empty or there is no block template yet"))));
}

/** With several dashds: how each is. */
function dashds(backends) {
    if (backends.length < 2) return null;
    const state = (one) => !one.usable ? ["error", "out of use", one.problem ?? "The node's log says why."]
        : one.current ? ["ok", "in use", "Miners get its work."] : ["info", "ready", "Takes over when the one in use fails."];
    return backends.map((one) => {
        const [kind, words, explanation] = state(one);
        const name = `dashd ${one.number}`;
        return fact(name, badge(kind, words, `${one.address ? `${one.address}: ` : ""}${explanation} Its health is ${Math.round(one.score)} of 100.`));
    });
}

function health(overview) {
    const { dashd, pool, shares, node } = overview;
    const age = templateAge();
    return card("Health", null, facts(
        fact("dashd", dashd.height === null ? known(null, "dashd has not given a template yet") : h("span", { class: age > 30 ? "text-error" : undefined }, `answered ${format.duration(Math.floor(age))} ago`)),
        fact("its P2P link", dashd.p2p_connected ? "connected" : h("span", { class: "text-warning" }, "not connected"), "Tells of new blocks at once, and takes won blocks first."),
        dashds(dashd.backends),
        fact("p2pool nodes", h("a", { href: "#/peers" }, format.integer(pool.peers))),
        fact("shares found", `${format.integer(shares.total)}${shares.total > 0 ? ` · ${format.integer(shares.orphans + shares.late)} lost` : ""}`, "Since this node's start. Orphaned and late shares are lost."),
        fact("efficiency", known(format.percent(shares.efficiency), "known when this node found shares and the pool has some"), "How much of your work counts, compared with the pool. Above 100 % is better than the others."),
        fact("network", known(format.hashRate(dashd.network_hashes_per_second), "dashd has not given a template yet"), "Estimated from the difficulty."),
        fact("running for", format.duration(node.uptime_seconds + live.overview.time - overview.time))));
}

function lastBlocks({ last_blocks: blocks, luck }) {
    const row = (block) => h("li", { key: block.hash },
        h("a", { href: `#/block/${block.hash}` }, format.blockName(block)), h("span", { class: "muted" }, time(block.time)),
        h("span", { class: "luck" }, "luck ", known(format.wholePercent(block.luck_percent), "the pool's hash rate then is not known")), blockStatus(block));
    return card("Last blocks", { extra: h("a", { class: "more", href: "#/blocks" }, "all ", h("span", { class: "hidden" }, "blocks"), "→") },
        blocks.length === 0 ? nothing("The pool has found no block that this node knows of. It comes when it comes: ", h("a", { href: "#/connect" }, "more miners"), " make it sooner.")
            : h("ul", { class: "block-list" }, blocks.map(row)),
        blocks.length > 0 && h("p", { class: "muted" }, "luck over all: ", known(format.wholePercent(luck.average_percent), "known after the second block")));
}

function broadcast({ broadcaster: { enabled, peers, target_peers: target } }, status) {
    const last = status?.last_broadcast;
    const never = "that many peers were never reached";
    return card("Broadcast", { extra: h("a", { class: "more", href: "#/broadcaster" }, "all ", h("span", { class: "hidden" }, "about the broadcaster"), "→") },
        !enabled ? nothing("The broadcaster is off: won blocks go to dashd alone.") : facts(
            fact("peers", `${format.integer(peers)} of ${format.integer(target)}`, "Nodes of the Dash network that get a won block from us directly, besides your dashd."),
            fact("your dashd", status?.health.local_dashd_connected ? level("ok", "connected") : level("error", "not connected"), "It is never dropped."),
            last && fact("last block", h("a", { href: `#/block/${last.hash}` }, format.integer(last.height))),
            last && fact("reached", `${format.integer(last.reached)} of ${format.integer(last.peers)}`),
            last && last.peers > 0 && fact("half of them in", known(format.milliseconds(last.ms_50_percent), never)),
            last && last.peers > 0 && fact("all in", known(format.milliseconds(last.ms_all), never))));
}

export function view({ data, errors, ui, redraw }) {
    const overview = live.overview;
    chart ??= new RateChart();
    return h("div", { class: "stack" },
        news(overview),
        h("div", { class: "headlines" }, miners(overview, data), poolCard(overview, data), nextBlock(overview)),
        overview.miners.connections === 0 && connectHint(overview),
        card("Hash rate", { class: "wide" }, chart.view({ ui, redraw })),
        h("div", { class: "halves" }, lastBlocks(overview), h("div", { class: "stack" }, health(overview), broadcast(overview, data.broadcaster))),
        card("Workers", { extra: h("a", { class: "more", href: "#/miners" }, "all miners →") }, !data.workers ? problem(errors.workers) : [workersTable(data.workers.workers, { ui, redraw }),
            data.workers.total > kWorkers && h("p", { class: "muted" }, `The strongest ${kWorkers} of ${format.integer(data.workers.total)}.`)]));
}
