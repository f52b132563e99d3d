// Who would get what, if a block were found now.
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { address, amount, badge, card, fact, facts, meter, nothing } from "../parts/basics.js";
import { table } from "../parts/table.js";

export const title = () => "Payouts";
export const every = 15;
export const reloadOn = ["share", "block"];
export const sources = () => ({ payouts: "payouts" });

const kColumns = (most) => [
    { id: "address", label: "Address", value: (p) => p.address ?? p.script, cell: (p) => h("span", { class: "worker" }, p.address ? address(p.address, { link: !p.is_donation }) : h("code", null, p.script),
        p.is_local && badge("ok", "mines here"), p.is_operator && badge("info", "operator"), p.is_donation && badge("off", "p2pool's authors", "Donations of all miners, and what rounding leaves over.")) },
    { id: "fraction", label: "Part", align: "number", value: (p) => p.fraction, cell: (p) => format.percent(p.fraction) },
    { id: "bar", label: "", cell: (p) => h("div", { class: "bar-cell" }, meter(p.fraction / most, format.percent(p.fraction))) },
    { id: "duffs", label: "Amount", align: "number", value: (p) => p.duffs, cell: (p) => amount(p.duffs) },
];

export function view({ data, ui, redraw }) {
    const { payouts, block_value_duffs: value, miners_duffs: miners } = data.payouts;
    const most = Math.max(...payouts.map((payout) => payout.fraction), 1e-9);
    return h("div", { class: "stack" },
        card("If a block were found now", null, facts(
            fact("block reward", amount(value)),
            fact("to miners", amount(miners), "The rest goes to masternodes, the platform and the treasury, as Dash demands."),
            fact("to you", amount(live.overview.payout_now_duffs, "the share chain is empty or there is no block template yet"), "To all addresses that mine at this node."),
            fact("miners paid", format.integer(payouts.filter((payout) => !payout.is_donation).length)),
            fact("this node's fee", format.percent(live.overview.node.fee_percent / 100), "Part of the work at this node that counts for its operator."),
            fact("its donation", format.percent(live.overview.node.donation_percent / 100), "Part of this node's shares that goes to p2pool's authors."))),
        card("Who would be paid", null, payouts.length === 0 ? nothing("Nobody yet: the share chain is empty. The first share begins it.")
            : table("payouts", kColumns(most), payouts, { context: { ui, redraw }, key: (p) => p.script, order: { by: "duffs", down: true }, most: 100 })));
}
