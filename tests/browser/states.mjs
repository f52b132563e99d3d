// The states that the pages are looked at in: how each comes about, and what must be read there.
import { waitFor } from "./world.mjs";

const kShares = 12;

/** A block target that no miner here meets, so that mining and a found block can be looked at apart. */
export const kNoBlocks = ["--bits", "1c00ffff"];

/** What the overview says while a share chain is downloaded, put in by the test: a real download here is over in a blink. */
export function syncingOverview(overview) {
    overview.state = { level: "info", code: "syncing", text: "syncing 42 %", sync: { known_shares: 3630, estimated_total: 8640, percent: 42.01, shares_per_second: 310, seconds_left: 16.2 } };
    return overview;
}

export const kStates = [
    {
        name: "empty",
        until: (world) => waitFor("a block template", async () => (await world.overview()).dashd.height),
        texts: {
            "": ["No miner is connected", "stratum+tcp://127.0.0.1:", "all well", "The pool has found no block", "no part of it is yours yet"],
            miners: ["Nobody has mined here since the node's start."], blocks: ["The pool has found no block"], payouts: ["the share chain is empty"],
            shares: ["The first share begins it."], stratum: ["No miner is connected."], peers: ["No node is connected"], alerts: ["Nothing is wrong.", "What is watched"], connect: ["no miner is connected now"],
            broadcaster: ["No peer besides your dashd is connected"], graphs: ["Hash rate of the pool"],
        },
    },
    {
        name: "syncing",
        isStaged: true,
        texts: { "": ["syncing 42 %", "Downloading the share chain", "about 16 s to go", "every 5 s"] },
    },
    {
        name: "block found",
        world: "blocks",
        // The one world mines blocks, the other goes on to shares meanwhile.
        prepare: (worlds) => Object.values(worlds).forEach((world) => world.mine()),
        until: (world) => waitFor("a block with a ChainLock", async () => (await world.overview()).last_blocks.some((block) => block.chainlock)),
        // The node calls dashd silent after half a minute; that passes while the other world is looked at.
        after: (worlds) => worlds.blocks.end("simnet"),
        texts: { "": ["found", "It pays the pool's miners", "ChainLock"], blocks: ["ChainLock", "Luck of each block"], block: ["Timing, from the win on", "dashd by P2P", "half of them after", "showed that it has it", "Whom it pays"], broadcaster: ["your dashd", "127.", "Trends", "How soon peers had them"], peers: ["incoming", "p2pool-dash"], payouts: ["p2pool's authors"] },
    },
    {
        name: "mining",
        until: (world) => waitFor("some shares", async () => (await world.overview()).pool.chain_height >= kShares),
        texts: {
            "": ["all well", "rig1", "1 worker", "if found now you get"], miners: ["rig1", "operator"], payouts: ["mines here", "p2pool's authors"],
            shares: ["found here", "best"], stratum: ["Accepted", "rig1"], connect: ["1 miner is connected now"], graphs: ["Hash rate by worker"],
        },
    },
    {
        name: "dashd lost",
        world: "blocks",
        until: (world) => waitFor("the node to miss dashd", async () => (await world.overview()).state.code === "dashd_silent", 60000),
        texts: { "": ["Dashd silent for", "Start dashd again"], connect: ["miner is connected now"] },
    },
];
