// Addresses of pages, "#/blocks" or "#/block/HASH", and what there is. A page's module is loaded when it is first seen.

export const kPages = [
    { path: "", name: "Overview", icon: "overview", load: () => import("./pages/overview.js") },
    { path: "miners", name: "Miners", icon: "miners", load: () => import("./pages/miners.js") },
    { path: "miner", within: "miners", load: () => import("./pages/miner.js") },
    { path: "blocks", name: "Blocks", icon: "block", load: () => import("./pages/blocks.js") },
    { path: "block", within: "blocks", load: () => import("./pages/block.js") },
    { path: "payouts", name: "Payouts", icon: "payouts", load: () => import("./pages/payouts.js") },
    { path: "shares", name: "Share chain", icon: "shares", load: () => import("./pages/shares.js") },
    { path: "share", within: "shares", load: () => import("./pages/share.js") },
    { path: "graphs", name: "Graphs", icon: "graphs", load: () => import("./pages/graphs.js") },
    { path: "broadcaster", name: "Broadcaster", icon: "broadcaster", load: () => import("./pages/broadcaster.js") },
    { path: "peers", name: "p2pool peers", icon: "peers", load: () => import("./pages/peers.js") },
    { path: "alerts", name: "Alerts", icon: "warning", load: () => import("./pages/alerts.js") },
    { path: "stratum", name: "Stratum & security", icon: "stratum", load: () => import("./pages/stratum.js") },
    { path: "connect", name: "Connect a miner", icon: "connect", load: () => import("./pages/connect.js") },
];

/** Page and parameter of the present address; an unknown one is the overview. */
export function parseRoute(fragment) {
    const [path = "", ...rest] = fragment.replace(/^#?\/?/, "").split("/");
    const page = kPages.find((candidate) => candidate.path === path);
    if (!page) return { page: kPages[0], parameter: "" };
    try {
        return { page, parameter: decodeURIComponent(rest.join("/")) };
    } catch {
        return { page, parameter: rest.join("/") };
    }
}
