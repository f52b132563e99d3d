// The pool's blocks: luck, what became of them, how they went to the network.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { address, amount, card, fact, facts, hash, known, nothing, time } from "../parts/basics.js";
import { blockStatus } from "../parts/blocks.js";
import { luckBars } from "../parts/luck_bars.js";
import { table } from "../parts/table.js";

export const title = () => "Blocks";
export const every = 15;
export const reloadOn = ["block", "phase"];
export const sources = ({ ui }) => ({ blocks: `blocks?limit=${ui.limit ?? 100}` });

const kNoRate = "the pool's hash rate at that time is not known";

const kColumns = [
    { id: "height", label: "Height", value: (b) => b.height, cell: (b) => h("a", { href: `#/block/${b.hash}` }, h("b", null, format.blockName(b))) },
    { id: "time", label: "Found", value: (b) => b.time, cell: (b) => time(b.time) },
    { id: "luck", label: "Luck", tip: "Expected time over the time it took: above 100 % the pool was lucky.", align: "number", value: (b) => b.luck_percent, cell: (b) => known(format.wholePercent(b.luck_percent), kNoRate) },
    { id: "seconds", label: "Took", align: "number", value: (b) => b.seconds, cell: (b) => known(format.duration(b.seconds), "it is the first block that this node knows of") },
    { id: "status", label: "State", value: (b) => b.confirmations ?? -1, cell: blockStatus },
    { id: "miner", label: "Found by", value: (b) => b.miner, cell: (b) => (b.miner ? address(b.miner) : known(null, "the share that found it is gone")) },
    { id: "reward", label: "To miners", tip: "Of the block's reward: the rest goes to masternodes, the platform and the treasury.", align: "number", value: (b) => b.miners_duffs, cell: (b) => amount(b.miners_duffs, "the block's coinbase is not known") },
    { id: "hash", label: "Hash", cell: (b) => hash(b.hash, { what: "block hash", explorer: live.overview.node.block_explorer_url_prefix }) },
];

function luckFacts(luck) {
    const some = (text) => known(text, "known after the second block");
    return card("Luck", null, facts(
        fact("this round", known(luck.round_progress === null ? null : format.wholePercent(100 * luck.round_progress), "known after the first block"), "How much of the expected time has passed."),
        fact("a block every", known(format.about(luck.expected_seconds), "known when the pool has a hash rate"), "At the present hash rate and difficulty."),
        fact("last 7 days", some(format.wholePercent(luck.last_7_days_percent))),
        fact("last 30 days", some(format.wholePercent(luck.last_30_days_percent))),
        fact("over all", some(format.wholePercent(luck.average_percent))),
        fact("blocks", format.integer(luck.blocks))));
}

export function view({ data, ui, redraw, reload }) {
    const { blocks, luck, total } = data.blocks;
    return h("div", { class: "stack" },
        luckFacts(luck),
        blocks.length > 1 && card("Luck of each block", null, luckBars(blocks)),
        card("Blocks", null,
            blocks.length === 0 ? nothing("The pool has found no block that this node knows of. When it does, it is here at once, with how it went to the Dash network.")
                : table("blocks", kColumns, blocks, { context: { ui, redraw }, key: (b) => b.hash, order: { by: "time", down: true }, most: 30 }),
            total > blocks.length && blocks.length < 500 && h("button", { type: "button", class: "button", onclick: () => {
                ui.limit = 500;
                reload();
            } }, `Show more of ${total}`)));
}
