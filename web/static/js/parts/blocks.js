// What a block's state looks like, on every page.
import { h } from "../lib/dom.js";
import { badge } from "./basics.js";
import { icon } from "./icons.js";

/** In words with a colour. */
export function blockStatus(block) {
    if (block.status === "orphaned") return badge("error", "orphaned", "Another block has its place, or dashd refused it. It pays nobody.");
    if (block.chainlock) return h("span", { class: "badge badge-ok", "data-tip": "Masternodes signed it: no other block can take its place." }, icon("check"), "ChainLock");
    if (block.status === "confirmed") return badge("ok", "confirmed", "Buried deep enough to stay.");
    if (block.status === "pending") return badge("info", block.confirmations > 0 ? `${block.confirmations} deep` : "pending", "On its way: not settled by a ChainLock yet.");
    return badge("off", "unknown", "This node could not find out what became of it.");
}
