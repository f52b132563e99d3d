// One share: where it stands in the chain, and what it says.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { address, amount, badge, card, fact, facts, hash, known, nothing, platformCredits, time } from "../parts/basics.js";

export const title = () => "Share";
export const every = 30;
export const sources = ({ parameter }) => ({ share: `shares/${encodeURIComponent(parameter)}` });

const kMostTransactions = 50;
/** Payee of an output that nobody can spend: the script's bytes, OP_RETURN. */
const kBurnt = "!6a";
const link = (value, reason) => (value ? hash(value, { to: `#/share/${value}`, what: "share hash" }) : known(null, reason));

function marks(share) {
    return [share.is_block && badge("gold", "Dash block"), share.is_ours && badge("ok", "found here"), badge(share.in_best_chain ? "info" : "off", share.in_best_chain ? "in the best chain" : "on a side branch"),
        !share.verified && badge("warning", "not verified"), share.stale_info && badge("warning", share.stale_info === "doa" ? "tells of a late share" : "tells of an orphaned share", "Its miner lost a share before this one.")];
}

export function view({ data, ui, redraw }) {
    const { share } = data;
    const explorer = live.overview.node.tx_explorer_url_prefix;
    const transactions = ui.all ? share.transactions : share.transactions.slice(0, kMostTransactions);
    return h("div", { class: "stack" },
        h("div", { class: "identity" }, hash(share.hash, { what: "share hash" }), marks(share)),
        share.is_block && h("p", null, h("a", { href: `#/block/${share.hash}` }, "The Dash block that it is →")),
        h("div", { class: "halves" },
            card("In the share chain", null, facts(
                fact("height", format.integer(share.height)),
                fact("parent", link(share.parent, "it begins a chain")),
                fact("100 shares up", link(share.far_parent, "the chain is not that long"), "The share names this ancestor, too."),
                fact("children", share.children.length > 0 ? h("span", { class: "list" }, share.children.map((child) => link(child))) : known(null, "nobody built on it yet")),
                fact("time", time(share.time)),
                fact("seen here", time(share.first_seen, "it was read from the disk")),
                fact("from", share.received_from ? h("code", null, share.received_from) : known(null, share.is_ours === null ? "told only with the password" : "it was made here or read from the disk")))),
            card("Work", null, facts(
                fact("miner", address(share.miner)),
                fact("difficulty", format.difficulty(share.difficulty)),
                fact("at least", format.difficulty(share.minimum_difficulty), "The share difficulty when it was made."),
                fact("hashes it stands for", format.integer(Number(share.work))),
                fact("donation", format.percent(share.donation_proportion)),
                fact("votes for version", share.desired_version))),
            card("Its block", null, facts(
                fact("Dash height", known(format.integer(share.block_height), "it cannot be read from its coinbase")),
                fact("after block", hash(share.previous_block, { what: "block hash", explorer: live.overview.node.block_explorer_url_prefix })),
                fact("bits", h("code", null, share.bits)), fact("nonce", h("code", null, share.nonce)), fact("version", h("code", null, `0x${share.version.toString(16)}`)),
                fact("coinbase pays", amount(share.coinbase_value_duffs)),
                fact("generation", hash(share.generation_hash, { what: "hash of its coinbase transaction" })))),
            card("Payments that Dash demands", null, share.payments.length === 0 ? nothing("None.")
                : facts(share.payments.map((payment) => fact(payment.payee === kBurnt ? platformCredits() : h("span", { class: "mono", "data-tip": payment.payee }, format.shortAddress(payment.payee)), amount(payment.duffs)))))),
        card(`Transactions (${share.transactions.length})`, null, share.transactions.length === 0 ? nothing("None besides the coinbase, or the shares that announced them are gone.")
            : h("ul", { class: "hash-list" }, transactions.map((id) => h("li", { key: id }, hash(id, { what: "transaction", explorer })))),
        transactions.length < share.transactions.length && h("button", { type: "button", class: "button", onclick: () => {
            ui.all = true;
            redraw();
        } }, "Show all")));
}
