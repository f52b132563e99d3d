// The share chain: the payout window as a picture, whom it pays, and the ends of its branches.
import { h, slot } from "../lib/dom.js";
import { kSeriesColors } from "../lib/colors.js";
import * as format from "../lib/format.js";
import { live } from "../lib/live.js";
import { address, badge, card, choice, fact, facts, hash, known, meter, nothing, time } from "../parts/basics.js";
import { describeShare, kSizes, rankAddresses, ShareStrip } from "../parts/share_strip.js";
import { table } from "../parts/table.js";

export const title = () => "Share chain";
export const every = 15;
export const reloadOn = ["share", "block"];
export function sources(page) {
    takeIn(page); // also what came and was not drawn yet
    return { chain: page.whole ? `shares?count=${kNews}` : "shares", heads: "heads" };
}

/** A window is half a megabyte: once it is here, only what came since is asked for. */
const kNews = 64;

let strip = null;
const kZooms = kSizes.map((size, i) => [size, ["S", "M", "L", "XL"][i]]);

const kHeads = [
    { id: "hash", label: "Share", cell: (x) => hash(x.hash, { to: `#/share/${x.hash}`, what: "share hash" }) },
    { id: "height", label: "Height", align: "number", value: (x) => x.height, cell: (x) => format.integer(x.height) },
    { id: "time", label: "Time", value: (x) => x.time, cell: (x) => time(x.time) },
    { id: "miner", label: "Miner", value: (x) => x.miner, cell: (x) => address(x.miner) },
    { id: "state", label: "", cell: (x) => [x.is_best && badge("ok", "best", "Miners work on this one."), !x.verified && badge("off", "not verified")] },
];

function legend(ranking, ui, redraw) {
    const entry = ({ number, address: text, weight }, rank) => h("button", { type: "button", class: "legend-entry", "aria-pressed": String(ui.only === undefined || ui.only === number), "data-tip": text, onclick: () => {
        ui.only = ui.only === number ? undefined : number;
        redraw();
    } }, h("i", { class: "square", vars: { "--color": `var(--series-${rank})` } }), format.shortAddress(text), h("b", null, format.percent(weight)));
    const rest = ranking.slice(kSeriesColors).reduce((sum, one) => sum + one.weight, 0);
    const mark = (name, label) => h("span", { class: "legend-entry" }, h("i", { class: `square ${name}`, vars: { "--color": "var(--sunken)" } }), label);
    return h("div", { class: "legend" }, ranking.slice(0, kSeriesColors).map(entry),
        rest > 0 && h("span", { class: "legend-entry" }, h("i", { class: "square", vars: { "--color": "var(--muted)" } }), `${ranking.length - kSeriesColors} others`, h("b", null, format.percent(rest))),
        h("span", { class: "legend-entry" }, h("i", { class: "square", vars: { "--color": "var(--gold-bright)" } }), "block"), mark("mark-ours", "found here"), mark("mark-orphan", "tells of an orphan"), mark("mark-late", "tells of a late one"));
}

function payoutBars(ranking) {
    const most = ranking[0]?.weight || 1;
    return h("ul", { class: "bars" }, ranking.slice(0, 12).map((entry, rank) => h("li", { key: entry.address },
        address(entry.address), h("div", { class: "meter plain", role: "img", "aria-label": format.percent(entry.weight), vars: { "--part": (entry.weight / most).toFixed(4), "--accent": rank < kSeriesColors ? `var(--series-${rank})` : "var(--muted)" } }), h("b", null, format.percent(entry.weight)))));
}

/** The window with `news` in front of what was had before; null where they do not meet. */
function joined(whole, news) {
    if (news.hash.length >= news.window) return news;
    const meeting = news.hash.indexOf(whole?.hash[0]);
    if (meeting < 0) return null;
    const addresses = [...new Set([...news.addresses, ...whole.addresses])];
    const numbers = new Map(addresses.map((text, number) => [text, number]));
    const column = (name, old = whole[name]) => [...news[name], ...old.slice(news.hash.length - meeting)].slice(0, news.window);
    return { ...news, addresses, hash: column("hash"), time: column("time"), difficulty: column("difficulty"), flags: column("flags"),
        miner: column("miner", whole.miner.map((number) => numbers.get(whole.addresses[number]))) };
}

/** `page.whole` is what was put together, `page.news` the answer that it was made from. */
function takeIn(page) {
    const { chain } = page.data;
    if (!chain || chain === page.news) return;
    page.news = chain;
    page.before = page.whole;
    page.whole = joined(page.whole, chain);
}

function wholeChain(page) {
    const isNew = page.data.chain !== page.news;
    takeIn(page);
    if (isNew && !page.whole) page.reload();
    return page.whole ?? page.before;
}

export function view(page) {
    const { data: { heads }, ui, redraw } = page;
    const chain = wholeChain(page);
    const { pool } = live.overview;
    strip ??= new ShareStrip(() => redraw());
    const ranking = rankAddresses(chain);
    if (strip.chain !== chain || strip.only !== ui.only) strip.update(chain, ranking, ui.only);
    const size = ui.size ?? strip.fitting(chain.hash.length);
    if (strip.size !== size) strip.zoom(size);
    const empty = chain.hash.length === 0;
    return h("div", { class: "stack" },
        card("The chain", null, facts(
            fact("height", known(pool.chain_height || null, "the share chain is empty")),
            fact("payout window", `${format.integer(chain.window)} shares`, "The shares that are paid by the next block."),
            fact("best share", chain.best ? hash(chain.best, { to: `#/share/${chain.best}`, what: "share hash" }) : known(null, "the share chain is empty")),
            fact("share difficulty", known(format.difficulty(pool.share_difficulty), "the share chain is empty"), "What every share has to meet at least."),
            fact("stale in the pool", known(format.percent(pool.stale_proportion), "known with ten shares"), "Orphaned and late shares of all, as the chain's shares tell."),
            fact("shares here", `${format.integer(pool.shares_known)} · ${format.integer(pool.shares_verified)} verified`))),
        card("Payout window", { extra: choice("Size of a cell", kZooms, size, (value) => {
            ui.size = value;
            redraw();
        }) }, empty ? nothing("The share chain is empty. The first share begins it.") : [
            slot(strip), h("p", { class: "strip-text", role: "status" }, strip.chosen !== null && strip.chosen < chain.hash.length ? describeShare(chain, strip.chosen) : "newest first; point at a share, or press Tab and the arrow keys"), legend(ranking, ui, redraw)]),
        h("div", { class: "halves" },
            card("Whose shares these are", { extra: h("a", { class: "more", href: "#/payouts" }, "payouts →") }, empty ? nothing("Nobody's yet.") : payoutBars(ranking)),
            card("Heads", null, heads.heads.length === 0 ? nothing("None yet.") : table("heads", kHeads, heads.heads, { context: { ui, redraw }, key: (x) => x.hash, most: 12, caption: "Ends of the share chain's branches" }))));
}
