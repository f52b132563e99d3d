// One block: where it stands, how it reached the network, whom it pays.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { address, amount, badge, card, fact, facts, hash, known, meter, nothing, platformCredits, time } from "../parts/basics.js";
import { blockStatus } from "../parts/blocks.js";
import { icon } from "../parts/icons.js";
import { table } from "../parts/table.js";
import { broadcastFromTheWin, timingCard } from "../parts/timing.js";

export const title = () => "Block";
export const every = 15;
export const reloadOn = ["block", "phase"];
export const sources = ({ parameter }) => ({ block: `blocks/${encodeURIComponent(parameter)}` });

const kKinds = { miner: ["ok", "miner"], payment: ["info", "masternode, platform"], donation: ["off", "p2pool's authors"] };
const kStates = {
    submitted: "sent, waiting for the chain", accepted: "on the main chain", confirmed: "settled", orphaned: "another block has its place for now",
    lost: "another block has its place", rejected: "dashd refused it",
};

function standing(block) {
    return card("The block", null, facts(
        fact("state", blockStatus(block)),
        fact("confirmations", known(format.integer(block.confirmations), "dashd was not asked yet")),
        fact("found", time(block.time)),
        fact("took", known(format.duration(block.seconds), "it is the first block that this node knows of")),
        fact("expected", known(format.duration(block.expected_seconds), "the pool's hash rate then is not known")),
        fact("luck", known(format.wholePercent(block.luck_percent), "the pool's hash rate then is not known")),
        fact("found by", block.miner ? address(block.miner) : known(null, "the share that found it is gone")),
        fact("its share", hash(block.share_hash, { to: `#/share/${block.share_hash}`, what: "share hash" })),
        fact("reward", amount(block.reward_duffs, "the block's coinbase is not known")),
        fact("to miners", amount(block.miners_duffs, "the block's coinbase is not known")),
        fact("its difficulty", known(format.difficulty(block.hash_difficulty), "not known"), "Of its hash; the network asked for less."),
        fact("network difficulty", known(format.difficulty(block.network_difficulty), "it was not recorded"))));
}

/** An output that nobody can spend: OP_RETURN. */
const kBurnt = "6a";

const step = (isDone, name, value, explanation) => h("li", { class: isDone ? "done" : "open", "data-tip": explanation }, icon(isDone ? "check" : "more"), h("b", null, name), h("span", null, value));

/** The ways a won block takes, all at once, and how it ends. */
function steps(block, report) {
    const { chainlock } = block;
    const broadcast = broadcastFromTheWin(block);
    const all = broadcast ? format.milliseconds(broadcast.ms_all ?? broadcast.ms_90_percent ?? broadcast.ms_50_percent) : null;
    return h("ol", { class: "steps" },
        step(report.daemon_p2p_sent, "dashd by P2P", report.daemon_p2p_sent ? "sent" : "not sent", "The fastest way into your own dashd."),
        step(report.peers_reached > 0, "Dash peers", report.peers_reached > 0 ? `${format.integer(report.peers_reached)} reached${all ? ` in ${all}` : ""}` : "none reached", "The broadcaster's peers, all at once."),
        step(report.submitblock_result !== "", "submitblock", report.submitblock_result || "no answer yet", "dashd's own word. \"duplicate\" means that it had the block by P2P before."),
        step(chainlock, "ChainLock", chainlock ? "locked" : "not yet", "Masternodes sign the block: no other can take its place."));
}

function submission(block) {
    const { submission: report } = block;
    if (!report) return card("On its way to the network", null, nothing("Another node of the pool found and sent this block; this node has no report of it."));
    return card("On its way to the network", { extra: h("span", null, kStates[report.state] ?? report.state) }, steps(block, report), facts(
        fact("found by", h("span", { class: "mono" }, report.finder)),
        report.winner && fact("in its place", hash(report.winner, { what: "block hash", explorer: live.overview.node.block_explorer_url_prefix })),
        report.resumed && fact("taken up", "after a restart of the node")));
}

const kColumns = (most) => [
    { id: "address", label: "Paid", value: (p) => p.address ?? p.script, cell: (p) => (p.address ? address(p.address, { link: p.kind === "miner" }) : p.script === kBurnt ? platformCredits() : h("code", { "data-tip": p.script }, p.script.length > 20 ? `${p.script.slice(0, 20)}…` : `script ${p.script}`)) },
    { id: "kind", label: "Kind", value: (p) => p.kind, cell: (p) => badge(...kKinds[p.kind]) },
    { id: "duffs", label: "Amount", align: "number", value: (p) => p.duffs, cell: (p) => amount(p.duffs) },
    { id: "bar", label: "", cell: (p) => h("div", { class: "bar-cell" }, meter(p.duffs / most, format.percent(p.duffs / most))) },
];

export function view({ data, ui, redraw }) {
    const { block } = data;
    const most = Math.max(1, ...(block.payouts ?? []).map((payout) => payout.duffs));
    return h("div", { class: "stack" },
        h("div", { class: "identity" }, h("b", null, format.blockName(block)), hash(block.hash, { what: "block hash", explorer: live.overview.node.block_explorer_url_prefix })),
        h("div", { class: "halves" }, standing(block), submission(block)),
        timingCard(block),
        card("Whom it pays", null, block.payouts === null ? nothing("The block's coinbase is not known here.")
            : table("outputs", kColumns(most), block.payouts, { context: { ui, redraw }, order: { by: "duffs", down: true }, most: 100 })));
}
