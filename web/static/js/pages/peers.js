// Nodes of the p2pool network that this one shares the chain with.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { badge, card, fact, facts, known, nothing, time } from "../parts/basics.js";
import { table } from "../parts/table.js";

export const title = () => "p2pool peers";
export const every = 5;
export const reloadOn = ["peers"];
export const sources = () => ({ peers: "peers" });

const kColumns = [
    { id: "address", label: "Node", value: (p) => p.address, cell: (p) => h("span", { class: "worker" }, h("code", null, p.address), p.permanent && badge("info", "permanent", "The operator named it with -n: the connection is always made again.")) },
    { id: "way", label: "Connection", value: (p) => p.incoming, cell: (p) => (p.incoming ? "incoming" : "outgoing") },
    { id: "version", label: "Version", value: (p) => p.version, cell: (p) => h("span", { "data-tip": `protocol ${p.protocol}` }, p.version || known(null, "it has not told")) },
    { id: "since", label: "Connected", align: "number", value: (p) => -p.connected_since, cell: (p) => time(p.connected_since) },
    { id: "ping", label: "Ping", align: "number", value: (p) => p.ping_seconds, cell: (p) => known(p.ping_seconds === null ? null : format.milliseconds(1000 * p.ping_seconds), "it was not measured yet") },
    { id: "received", label: "Received", align: "number", value: (p) => p.bytes_received, cell: (p) => format.bytes(p.bytes_received) },
    { id: "sent", label: "Sent", align: "number", value: (p) => p.bytes_sent, cell: (p) => format.bytes(p.bytes_sent) },
    { id: "transactions", label: "Its transactions", tip: "Transactions that it knows and that need not be sent to it with a share.", align: "number", value: (p) => p.transactions_remembered, cell: (p) => `${format.integer(p.transactions_remembered)} (${format.bytes(p.transaction_bytes_remembered)})` },
];

export function view({ data, ui, redraw }) {
    const { peers, incoming, outgoing, addresses_known: known_, hosts_banned: banned } = data.peers;
    const port = live.overview.node.p2p_port;
    return h("div", { class: "stack" },
        card("Connections", null, facts(
            fact("incoming", format.integer(incoming), "Other nodes that connected to this one. It needs an open port."),
            fact("outgoing", format.integer(outgoing)),
            fact("addresses known", format.integer(known_)),
            fact("hosts banned", format.integer(banned), "They sent what no honest node sends."),
            fact("port", port))),
        card("Nodes", null, peers.length === 0
            ? nothing(`No node is connected: this one works on the share chain alone, and blocks it finds are its own. Open port ${port} in the router's firewall so that others can connect, or name a node with -n HOST.`)
            : table("peers", kColumns, peers, { context: { ui, redraw }, key: (p) => p.address, order: { by: "since", down: true } })),
        peers.length > 0 && incoming === 0 && nothing(`Nobody has connected to this node from outside. Is port ${port} open?`));
}
