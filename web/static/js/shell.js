// What is around every page: name, the status light in words, and the way to the other pages.
import { h } from "./lib/dom.js";
import { duration, integer } from "./lib/format.js";
import { live, now } from "./lib/live.js";
import { kPages } from "./routes.js";
import { level } from "./parts/basics.js";
import { icon } from "./parts/icons.js";

const kStaleSeconds = 15;
const kNetworks = { dash: "mainnet", dash_testnet: "testnet", dash_regtest: "regtest" };
const kLinks = {
    connecting: ["info", "connecting", "The page is connecting to the node."],
    live: ["ok", "live", "The node tells this page of changes as they happen."],
    polling: ["warning", "every 5 s", "Events do not come through; the page asks every 5 seconds instead and tries again."],
    lost: ["error", "no answer", "The node does not answer. The page tries again every 3 seconds."],
};

/** The page of alerts has the whole story. */
const kAlertWords = {
    dashd_lost: "dashd gives no templates", dashd_out: "a dashd is out of use", template_old: "no new block for long", few_peers: "no p2pool node is connected", few_dash_peers: "the broadcaster has few peers",
    broadcast_poor: "a broadcast reached few peers", block_orphaned: "a block was lost", worker_gone: "a worker is gone", miner_slow: "a miner is slow", late_high: "much work comes too late", disk_low: "the disk is nearly full",
};

/** The node answers, but not what it is asked for. */
const isStale = () => live.overview && live.error && now() - live.receivedAt > kStaleSeconds;

function stateText() {
    if (live.link === "lost") {
        const since = live.receivedAt ? ` for ${duration(now() - live.receivedAt)}` : "";
        return ["error", `this page has not reached the node${since}`];
    }
    if (isStale()) return ["warning", `these figures are ${duration(now() - live.receivedAt)} old: ${live.error.message}`];
    if (!live.overview) return ["info", live.error ? live.error.message : "loading"];
    const { state, alerts } = live.overview;
    if (state.code !== "alert" || alerts.length === 0) return [state.level, state.text];
    const words = kAlertWords[alerts[0].rule] ?? "something needs a look";
    return [state.level, h("a", { href: "#/alerts", "data-tip": alerts[0].text }, alerts.length > 1 ? `${words}, and ${alerts.length - 1} more` : words)];
}

function statusLine() {
    const [kind, text] = stateText();
    // Read out when the kind of state changes, not at every second that is counted.
    return h("p", { class: `status status-${kind}` }, level(kind, text));
}

/** Seconds since dashd answered, as it is now. */
export function templateAge() {
    const age = live.overview?.dashd.template_age_seconds;
    return typeof age === "number" ? age + Math.max(0, now() - live.overview.time) : null;
}

function vitals() {
    const { dashd, node } = live.overview ?? {};
    const age = templateAge();
    const [kind, text, explanation] = kLinks[live.link];
    return h("div", { class: "vitals" },
        dashd?.height !== null && dashd && h("span", { class: "vital", "data-tip": "Height of the Dash chain's tip" }, "block ", h("b", { class: "live" }, integer(dashd.height))),
        age !== null && h("span", { class: "vital vital-extra", "data-tip": "Since dashd answered last" }, "template ", h("b", null, duration(Math.floor(age))), " old"),
        node && h("span", { class: "vital vital-extra", "data-tip": "Version of this node" }, node.version),
        h("span", { class: `link link-${kind}`, tabindex: "0", "data-tip": explanation }, h("i", { "aria-hidden": "true" }), text));
}

function themeButton() {
    const isDark = document.documentElement.dataset.theme === "dark";
    return h("button", { type: "button", class: "icon-button", "aria-label": isDark ? "Light colours" : "Dark colours", "data-tip": isDark ? "Light colours" : "Dark colours", onclick: () => window.toggleTheme() }, icon(isDark ? "sun" : "moon"));
}

function navigation(current) {
    const link = (page) => h("li", null, h("a", { href: `#/${page.path}`, "aria-current": page.path === current ? "page" : undefined }, icon(page.icon), h("span", null, page.name)));
    return h("nav", { class: "navigation", "aria-label": "Pages" }, h("ul", null, kPages.filter((page) => page.name).map(link)));
}

/** The whole document's content around `body`. `shown`: the page, as in main.js. */
export function shell(shown, body) {
    const network = live.overview && (kNetworks[live.overview.node.network] ?? live.overview.node.network);
    return [
        h("header", { class: "top" },
            h("a", { class: "brand", href: "#/" }, h("img", { src: "favicon.svg", alt: "", width: "28", height: "28" }), h("span", null, "p2pool-dash")),
            network && h("span", { class: `network network-${network}` }, network),
            statusLine(), vitals(), themeButton()),
        navigation(shown.page.within ?? shown.page.path),
        h("main", { id: "main", tabindex: "-1" },
            h("h1", { id: "heading", tabindex: "-1", class: shown.page.path === "" ? "hidden" : undefined }, shown.heading ?? shown.page.name ?? ""),
            h("div", { class: `page page-${shown.page.path || "overview"}${live.link === "lost" || isStale() ? " old" : ""}`, key: `${shown.page.path}/${shown.parameter}` }, body)),
        h("div", { class: "hidden", role: "status", "aria-live": "polite" }, live.link === "lost" ? "the node does not answer" : live.overview?.state.code.replaceAll("_", " ") ?? ""),
    ];
}
