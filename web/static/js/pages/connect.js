// How to mine here, with the real host and port.
import { h } from "../lib/dom.js";
import { live } from "../lib/live.js";
import { card, level, nothing } from "../parts/basics.js";
import { copyLine, stratumAddress } from "../parts/connect.js";
import { table } from "../parts/table.js";

export const title = () => "Connect a miner";
export const every = 60;

const kUserNames = [
    ["YOUR_DASH_ADDRESS", "Shares pay this address."],
    ["YOUR_DASH_ADDRESS.rig7", "The same; the name after the dot shows on these pages."],
    ["YOUR_DASH_ADDRESS+1024", "Work of the fixed difficulty 1024 instead of one that follows the miner's speed."],
    ["YOUR_DASH_ADDRESS/50000", "Shares of the share chain of difficulty 50,000 (as far as the chain allows): fewer and larger ones."],
    ["YOUR_DASH_ADDRESS+s15", "Work so hard that the miner submits every 15 seconds."],
    ["rig7", "No address: the work counts for this node's operator."],
];
const kColumns = [
    { id: "name", label: "User name", cell: ([name]) => h("code", null, name) },
    { id: "meaning", label: "What it means", align: "words", cell: ([, meaning]) => meaning },
];
const kTroubles = [
    ["The miner cannot connect", "Is the port open in the firewall of this node's machine? Does the miner reach the host at all? Try the node's address in the local network."],
    ["\"Address is not valid\"", "The user name begins with an address of another network or with a typing error. The node refuses it, so that no work is lost."],
    ["Much of the work is late", "The way between miner and node is slow or lossy. Mine at a node in your own network; a wireless bridge is often to blame."],
    ["No payout yet", "A miner is paid by blocks that are found while it has shares in the payout window. A slow miner finds a share seldom: the expected time is on the miner's page."],
];

export function view() {
    const { node, miners } = live.overview;
    const address = stratumAddress(live.overview);
    const bare = address.replace("stratum+tcp://", "");
    const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
    return h("div", { class: "stack" },
        card("Settings for the miner", null,
            copyLine("URL", address), copyLine("user", "YOUR_DASH_ADDRESS.rig1", "your own address, any name"), copyLine("password", "x", "it does not matter"), copyLine("algorithm", "x11"),
            isLocal && nothing("You read this page on the node's own machine. From elsewhere, use its address in the network instead of ", h("code", null, location.hostname), "."),
            h("p", { class: "connected" }, miners.connections > 0 ? level("ok", `${miners.connections} ${miners.connections === 1 ? "miner is" : "miners are"} connected now`) : level("info", "no miner is connected now; this line changes when one is"))),
        card("For instance", null, h("div", { class: "prose" },
            h("p", null, "An ASIC: enter the three lines above as pool 1. A processor, to try it:"),
            copyLine("command", `cpuminer -a x11 -o ${address} -u YOUR_DASH_ADDRESS.cpu -p x`),
            h("p", null, "Give the miner a second pool to fall back to; a second p2pool node pays the same address from the same share chain."))),
        card("User names", null, table("names", kColumns, kUserNames)),
        card("When it does not work", null, h("dl", { class: "troubles" }, kTroubles.map(([problem, answer]) => h("div", null, h("dt", null, problem), h("dd", null, answer))))),
        card("What it costs", null, h("p", null, `This node takes ${node.fee_percent} % of the work and donates ${node.donation_percent} % of its shares to p2pool's authors. Payouts are in each block itself: nobody holds your coins. Host and port without the protocol: `, h("code", null, bare), ".")));
}
