// The payout window as a picture: one cell a share, newest first; a colour is a payout address. With the pointer or the
// arrow keys one share is chosen, Enter opens it.
import { h } from "../lib/dom.js";
import { color, kSeriesColors } from "../lib/colors.js";
import * as format from "../lib/format.js";
import { now } from "../lib/live.js";

export const kFlags = { ours: 1, block: 2, orphan: 4, late: 8, unverified: 16 };
export const kSizes = [3, 6, 10, 16];
/** A picture higher than this is scrolled through, not seen. */
const kMostPixels = 420;
/** Of smaller cells the outline would be all that is seen. */
const kLeastOutlined = 6;

/** Addresses by weight, the heaviest first: [{ number, address, weight }]. */
export function rankAddresses(chain) {
    const weights = chain.addresses.map((address, number) => ({ number, address, weight: 0 }));
    let total = 0;
    chain.miner.slice(0, chain.window).forEach((number, i) => {
        weights[number].weight += chain.difficulty[i];
        total += chain.difficulty[i];
    });
    weights.forEach((entry) => (entry.weight /= total || 1));
    return weights.sort((a, b) => b.weight - a.weight);
}

export class ShareStrip {
    /** `choose(index or null)` hears of the chosen share. */
    constructor(choose) {
        this.choose = choose;
        this.chosen = null;
        this.size = kSizes[0];
        this.canvas = h("canvas", {
            tabindex: "0", role: "application", "aria-roledescription": "picture of the share chain",
            onpointermove: (event) => this.#point(event), onpointerleave: () => this.#setChosen(null, false),
            onclick: (event) => this.#point(event) || this.#open(), onkeydown: (event) => this.#key(event),
        });
        this.marker = h("div", { class: "strip-marker", "aria-hidden": "true" });
        this.element = h("div", { class: "strip" }, this.canvas, this.marker);
        new ResizeObserver(() => this.draw()).observe(this.element);
        addEventListener("themechange", () => this.draw());
    }

    update(chain, ranking, only) {
        this.chain = chain;
        this.only = only;
        this.colors = new Array(chain.addresses.length).fill("muted");
        ranking.slice(0, kSeriesColors).forEach((entry, rank) => (this.colors[entry.number] = `series-${rank}`));
        this.canvas.setAttribute("aria-label", `${chain.hash.length} shares, newest first. Arrow keys choose one, Enter opens it.`);
        this.draw();
    }

    zoom(size) {
        this.size = size;
        this.draw();
    }

    /** The largest cells of which so many can be seen at once. */
    fitting(count) {
        const width = this.element.clientWidth || innerWidth;
        return kSizes.findLast((size) => Math.ceil(count / Math.max(1, Math.floor(width / (size + 1)))) * (size + 1) <= kMostPixels) ?? kSizes[0];
    }

    get #columns() {
        return Math.max(1, Math.floor(this.element.clientWidth / (this.size + 1)));
    }

    draw() {
        const count = this.chain?.hash.length ?? 0;
        const width = this.element.clientWidth;
        if (count === 0 || width === 0) return;
        const unit = window.devicePixelRatio || 1;
        const pitch = this.size + 1;
        const columns = this.#columns;
        const height = Math.ceil(count / columns) * pitch + 1;
        if (this.canvas.width !== Math.round(width * unit) || this.canvas.height !== Math.round(height * unit)) {
            this.canvas.width = Math.round(width * unit);
            this.canvas.height = Math.round(height * unit);
            this.canvas.style.width = `${width}px`;
            this.canvas.style.height = `${height}px`;
        }
        const context = this.canvas.getContext("2d");
        context.setTransform(unit, 0, 0, unit, 0, 0);
        context.clearRect(0, 0, width, height);
        for (let i = 0; i < count; ++i) this.#cell(context, i, (i % columns) * pitch, Math.floor(i / columns) * pitch);
        this.#mark();
    }

    /** The chosen share has its frame in an element of its own: thousands of cells need not be drawn for it. */
    #mark() {
        this.marker.hidden = this.chosen === null;
        if (this.chosen === null) return;
        const pitch = this.size + 1;
        const place = { "--x": (this.chosen % this.#columns) * pitch, "--y": Math.floor(this.chosen / this.#columns) * pitch, "--size": pitch + 1 };
        for (const [name, value] of Object.entries(place)) this.marker.style.setProperty(name, `${value}px`);
    }

    #cell(context, i, x, y) {
        const flags = this.chain.flags[i];
        const faded = this.only !== undefined && this.only !== this.chain.miner[i];
        context.globalAlpha = faded ? 0.15 : flags & kFlags.unverified ? 0.4 : i >= this.chain.window ? 0.5 : 1;
        context.fillStyle = color(flags & kFlags.block ? "gold-bright" : this.colors[this.chain.miner[i]]);
        context.fillRect(x + 1, y + 1, this.size, this.size);
        if (flags & (kFlags.orphan | kFlags.late)) {
            // A corner: this share tells of one that was lost.
            context.fillStyle = color(flags & kFlags.orphan ? "error" : "late");
            context.beginPath();
            context.moveTo(x + 1, y + 1);
            context.lineTo(x + 1 + this.size * 0.75, y + 1);
            context.lineTo(x + 1, y + 1 + this.size * 0.75);
            context.fill();
        }
        if (flags & kFlags.ours && this.size < kLeastOutlined) {
            context.fillStyle = color("ink");
            context.fillRect(x + 2, y + 2, 1, 1);
        } else if (flags & kFlags.ours) {
            context.strokeStyle = color("ink");
            context.globalAlpha *= 0.55;
            context.lineWidth = 1;
            context.strokeRect(x + 1.5, y + 1.5, this.size - 1, this.size - 1);
        }
        context.globalAlpha = 1;
    }

    #point(event) {
        if (!this.chain) return;
        const box = this.canvas.getBoundingClientRect();
        const pitch = this.size + 1;
        const column = Math.floor((event.clientX - box.left) / pitch);
        const index = Math.floor((event.clientY - box.top) / pitch) * this.#columns + column;
        this.#setChosen(column < this.#columns && index >= 0 && index < this.chain.hash.length ? index : null, false);
    }

    #setChosen(index, isByKey) {
        if (index === this.chosen) return;
        this.chosen = index;
        this.#mark();
        this.choose(index);
        if (isByKey) this.canvas.setAttribute("aria-label", describeShare(this.chain, index));
    }

    #open() {
        if (this.chosen !== null) location.hash = `#/share/${this.chain.hash[this.chosen]}`;
    }

    #key(event) {
        const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.#columns, ArrowUp: -this.#columns, Home: -Infinity, End: Infinity };
        if (event.key === "Enter") this.#open();
        if (!(event.key in steps) || !this.chain) return;
        event.preventDefault();
        const last = this.chain.hash.length - 1;
        this.#setChosen(this.chosen === null ? 0 : Math.min(last, Math.max(0, this.chosen + steps[event.key])), true);
    }
}

/** "12 of 4320: …0a1b2c, by yUM9qr…, 3 min ago, difficulty 12, ours" */
export function describeShare(chain, index) {
    const flags = chain.flags[index];
    const words = [[kFlags.ours, "found here"], [kFlags.block, "a Dash block"], [kFlags.orphan, "tells of an orphaned one"], [kFlags.late, "tells of a late one"], [kFlags.unverified, "not verified"]];
    return [`${index + 1} of ${chain.hash.length}: ${format.shortHash(chain.hash[index])}`, `by ${format.shortAddress(chain.addresses[chain.miner[index]])}`, format.ago(chain.time[index], now()),
        `difficulty ${format.difficulty(chain.difficulty[index])}`, ...words.filter(([flag]) => flags & flag).map(([, word]) => word)].join(", ");
}
