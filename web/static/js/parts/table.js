// Tables that sort by their heads and become cards on a phone.
import { h } from "../lib/dom.js";
import { integer } from "../lib/format.js";
import { tip } from "./basics.js";

/** So many rows of a long list are asked for at a time. */
export const kPiece = 200;

/** Where rows are cards, fewer of them fill the screen. */
const isPhone = matchMedia("(max-width: 600px)");

function compare(a, b) {
    // What is not known comes last in either direction.
    if (a === null || a === undefined) return b === null || b === undefined ? 0 : Infinity;
    if (b === null || b === undefined) return -Infinity;
    return typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : Number(a) - Number(b);
}

function sorted(rows, column, down) {
    if (!column?.value) return rows;
    return [...rows].sort((a, b) => {
        const order = compare(column.value(a), column.value(b));
        return Math.abs(order) === Infinity || !down ? order : -order;
    });
}

function head(column, order, sortBy) {
    const isSorted = order.by === column.id;
    const direction = isSorted ? (order.down ? "descending" : "ascending") : undefined;
    const label = column.tip ? tip(column.label, column.tip) : column.label;
    return h("th", { role: "columnheader", scope: "col", class: column.align, "aria-sort": direction },
        column.value ? h("button", { type: "button", class: "sort", "data-tip": column.tip, onclick: () => sortBy(column.id) }, column.label, h("span", { class: "arrow", "aria-hidden": "true" }, isSorted ? (order.down ? "↓" : "↑") : "")) : label);
}

/**
 * `columns`: { id, label, tip, align: "number" or "words", value(row) to sort by, cell(row) }.
 * `context`: the page's { ui, redraw }, which keeps the order under the table's name.
 */
export function table(name, columns, rows, { context, key, order: first = {}, caption, most = 200, selected } = {}) {
    const order = context?.ui[name] ?? first;
    const sortBy = (id) => {
        context.ui[name] = { by: id, down: order.by === id ? !order.down : true };
        context.redraw();
    };
    const all = sorted(rows, columns.find((column) => column.id === order.by), order.down);
    const shown = all.slice(0, context?.ui[`${name}-all`] ? Infinity : isPhone.matches ? Math.ceil(most / 3) : most);
    const body = shown.map((row) => h("tr", { role: "row", key: key?.(row), class: selected?.(row) ? "selected" : undefined },
        columns.map((column) => h("td", { role: "cell", class: column.align, "data-label": column.label }, column.cell(row)))));
    return h("div", { class: "table-frame", key: `table-${name}` },
        h("table", { role: "table", class: "table" },
            h("caption", { class: "hidden" }, caption ?? name),
            h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((column) => head(column, order, sortBy)))),
            h("tbody", { role: "rowgroup" }, body)),
        all.length > shown.length && h("button", { type: "button", class: "button", onclick: () => {
            context.ui[`${name}-all`] = true;
            context.redraw();
        } }, `Show all ${all.length}`));
}

/** The way through a list of which `size` from `from` on are shown; nothing when that is all. `go(from)` shows others. */
export function pieces({ total, from, size, go }) {
    if (total <= size && from === 0) return null;
    const button = (text, to, isThere) => h("button", { type: "button", class: "button", disabled: !isThere, onclick: () => go(to) }, text);
    return h("div", { class: "controls", role: "group", "aria-label": "Parts of the list", key: "pieces" },
        h("span", { class: "muted" }, `${integer(Math.min(from + 1, total))} to ${integer(Math.min(from + size, total))} of ${integer(total)}, the strongest first`),
        button("Previous", Math.max(0, from - size), from > 0), button("Next", from + size, from + size < total));
}
