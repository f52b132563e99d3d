// What the operator should know first: a block that was just found, dashd that is silent, alerts, warnings; each with
// what to do next.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live, now } from "../lib/live.js";
import { amount, meter, notice, time } from "./basics.js";
import { blockStatus } from "./blocks.js";

const kBlockNewsSeconds = 600;
const kSettled = new Set(["dashd_lost"]); // the state's own notice says these
const kLostContact = /^LOST CONTACT WITH DASHD/; // likewise

const kStates = {
    no_template: ["warning", "Waiting for dashd", "The node runs, but dashd has not given a block template yet. See that dashd runs, is in sync (dash-cli getblockchaininfo), and that its RPC user and password are right. Miners get work by themselves as soon as it answers."],
    dashd_silent: ["error", null, "Miners go on with the last template for now; a block found on it may be too late. Start dashd again, or look at its debug.log. The node reconnects by itself."],
    node_silent: ["error", "The node is busy or stuck", "Its mining thread has told this page nothing for a while, so the figures are from before, and miners may get no work. See its log and the load of the machine; restart it when it does not come back."],
    no_work: ["warning", "Miners get no work", null],
};

function syncing({ sync, text }) {
    if (!sync) return notice("info", text);
    const left = sync.seconds_left === null ? "" : `, about ${format.roughly(sync.seconds_left)} to go`;
    return h("div", { class: "notice notice-info", key: "syncing" }, h("div", { class: "grow" },
        h("strong", null, "Downloading the share chain"),
        h("p", null, `${format.integer(sync.known_shares)} of about ${format.integer(sync.estimated_total)} shares at ${format.integer(sync.shares_per_second)} a second${left}. Miners may connect already; they get work as soon as the chain's head is usable.`),
        meter(sync.percent / 100, `${sync.percent.toFixed(0)} % downloaded`)));
}

function stateNotice(overview) {
    const { state } = overview;
    if (state.code === "syncing") return syncing(state);
    const entry = kStates[state.code];
    if (!entry) return null;
    const [kind, heading, text] = entry;
    return notice(kind, heading ?? state.text, text ?? `${state.text}.`);
}

function blockNews(overview) {
    const block = [live.block, ...overview.last_blocks].find((one) => one && now() - one.time < kBlockNewsSeconds);
    if (!block || block.status === "orphaned") return null;
    const fresh = overview.last_blocks.find((one) => one.hash === block.hash) ?? block;
    return h("div", { class: "notice notice-gold", key: `found-${block.hash}`, role: "status" },
        h("span", { class: "diamond", "aria-hidden": "true" }),
        h("div", { class: "grow" }, h("strong", null, "Block ", h("a", { href: `#/block/${block.hash}` }, format.blockName(block)), " found ", time(block.time)),
            h("p", null, "It pays the pool's miners ", amount(block.miners_duffs, "the block's coinbase is not known yet"), ".")),
        blockStatus(fresh));
}

export function news(overview) {
    const alerts = overview.alerts.filter((alert) => !kSettled.has(alert.rule) || overview.state.code === "all_well");
    return h("div", { class: "news", key: "news" },
        stateNotice(overview),
        blockNews(overview),
        alerts.map((alert) => h("div", { key: alert.id }, notice(alert.level, alert.text.charAt(0).toUpperCase() + alert.text.slice(1), "since ", time(alert.since)))),
        overview.warnings.filter((warning) => !(overview.state.code === "dashd_silent" && kLostContact.test(warning))).map((warning) => notice("warning", warning)));
}
