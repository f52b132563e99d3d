// What every page is put together from.
import { loginUrl } from "../lib/api.js";
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { live, now } from "../lib/live.js";
import { icon } from "./icons.js";

const hidden = (text) => h("span", { class: "hidden" }, text);

/** Words with an explanation on hover and focus. */
export function tip(content, explanation) {
    return h("span", { class: "tip", tabindex: "0", "data-tip": explanation }, content, hidden(` (${explanation})`));
}

/** An en dash for what is not known, with the reason. */
export function unknown(reason) {
    return h("span", { class: "unknown", tabindex: "0", "data-tip": reason }, h("span", { "aria-hidden": "true" }, "–"), hidden(`not known: ${reason}`));
}

/** The text, or the dash when it is null. */
export function known(text, reason) {
    return text === null || text === undefined ? unknown(reason) : text;
}

export function card(title, properties, ...children) {
    const { extra, tag = "section", ...rest } = properties ?? {};
    const id = `card-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    return h(tag, { ...rest, key: rest.key ?? id, class: `card ${rest.class ?? ""}`, "aria-labelledby": id },
        h("header", { class: "card-head" }, h("h2", { id }, title), extra), children);
}

/** A label over a value, in a `facts` list. */
export function fact(label, value, explanation) {
    return h("div", { class: "fact" }, h("dt", null, explanation ? tip(label, explanation) : label), h("dd", null, value));
}
export const facts = (...children) => h("dl", { class: "facts" }, children);

export function time(unixSeconds, reason = "it has not happened yet") {
    const text = format.ago(unixSeconds, now());
    if (text === null) return unknown(reason);
    return h("time", { datetime: new Date(unixSeconds * 1000).toISOString(), "data-tip": format.absolute(unixSeconds) }, text);
}

export const symbol = () => (live.overview?.node.symbol === "DASH" || !live.overview ? "Ð" : live.overview.node.symbol.startsWith("t") ? "tÐ" : "Ð");

export function amount(duffs, reason = "the node has no block template yet") {
    if (format.coins(duffs) === null) return unknown(reason);
    return h("span", { class: "amount", "data-tip": `${format.coins(duffs, 8)} DASH` }, `${format.coins(duffs)}\u00a0${symbol()}`);
}

/** Of a coinbase's output that nobody can spend. */
export const platformCredits = () => tip("credits of Dash Platform", "Burnt here, and given out again on the platform.");

export function level(name, text) {
    const sign = { ok: "check", info: "info", warning: "warning", error: "error" }[name] ?? "info";
    return h("span", { class: `level level-${name}` }, icon(sign), text);
}

export const badge = (kind, text, explanation) =>
    h("span", { class: `badge badge-${kind}`, ...(explanation && { "data-tip": explanation }) }, text);

/** Something to tell, with what to do next. */
export function notice(kind, title, ...text) {
    return h("div", { class: `notice notice-${kind}`, key: `notice-${title}` },
        icon({ ok: "check", info: "info", warning: "warning", error: "error", gold: "block" }[kind]),
        h("div", null, h("strong", null, title), text.length > 0 && h("p", null, text)));
}

export const nothing = (...text) => h("p", { class: "nothing" }, text);

/** 0 to 1; `label` for those who cannot see it. */
export function meter(part, label, kind = "") {
    const width = Math.min(1, Math.max(0, part ?? 0));
    return h("div", { class: `meter ${kind}`, role: "img", "aria-label": label, vars: { "--part": width.toFixed(4) } });
}

/** Buttons of which one is pressed. */
export function choice(label, options, chosen, choose) {
    return h("div", { class: "choice", role: "group", "aria-label": label },
        options.map(([value, text]) => h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => choose(value) }, text)));
}

function copyByCommand(text) {
    const field = h("textarea", { class: "hidden", readonly: true });
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
}

/** A button that copies. Pages served without encryption have no clipboard but the old command. */
export function copyButton(text, what) {
    return h("button", {
        type: "button", class: "icon-button copy", "aria-label": `Copy ${what}`, "data-tip": `Copy ${what}`,
        onclick: async (event) => {
            const button = event.currentTarget;
            try {
                await navigator.clipboard.writeText(text);
            } catch {
                copyByCommand(text);
            }
            button.focus();
            button.classList.add("copied");
            setTimeout(() => button.classList.remove("copied"), 1200);
        },
    }, icon("copy"), icon("check"));
}

function explorerLink(prefix, value, what) {
    if (!/^https?:/.test(prefix ?? "")) return null;
    return h("a", { class: "icon-button", href: prefix + value, target: "_blank", rel: "noopener noreferrer", "aria-label": `${what} in the block explorer`, "data-tip": "Look it up in the block explorer" }, icon("outside"));
}

/** A short hash with its page, copying and, for what the Dash network knows, the explorer. */
export function hash(value, { to, what = "hash", explorer } = {}) {
    const text = h(to ? "a" : "span", { class: "mono", href: to, "data-tip": value }, format.shortHash(value));
    return h("span", { class: "hash" }, text, copyButton(value, what), explorer && explorerLink(explorer, value, what));
}

export function address(value, { link = true, whole = false } = {}) {
    const text = whole ? value : format.shortAddress(value);
    const shown = h(link ? "a" : "span", { class: "mono", href: link ? `#/miner/${encodeURIComponent(value)}` : undefined, "data-tip": whole ? undefined : value }, text);
    return h("span", { class: "hash" }, shown, copyButton(value, "address"), explorerLink(live.overview?.node.address_explorer_url_prefix, value, "address"));
}

/** While the data comes, and when it does not. */
export function loading() {
    return h("div", { class: "skeleton", role: "status" }, hidden("loading"), h("div"), h("div"), h("div"));
}

export function problem(error, { isOld = false } = {}) {
    if (error.status === 401 || error.status === 403) return notice("info", "This part needs a password.", "The operator of this node protects it. ", h("a", { href: loginUrl }, "Enter the password"));
    if (error.status === 404) return notice("info", "There is no such thing here.", error.message);
    if (error.status === 429) return notice("warning", "This page asked too often.", "It goes on by itself in a minute.");
    const old = isOld ? "The figures below are from before. " : "";
    if (error.status !== 0) return notice("error", "The node cannot show this now.", `It says: ${error.message}. ${old}The page tries again by itself.`);
    return notice("error", "The node does not answer.", `${old}The page tries again by itself; see that p2pool-dash runs.`);
}
