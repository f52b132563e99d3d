// For a miner who owns the address: sign in with a Dash signature, then labels and alerts of his own.
import { ask, send } from "../lib/api.js";
import { h } from "../lib/dom.js";
import * as format from "../lib/format.js";
import { session, setSession } from "../lib/session.js";
import { card, copyButton, level, notice } from "./basics.js";
import { table } from "./table.js";

const kMega = 1e6;
const kFreshMilliseconds = 15000;

async function run(ui, redraw, action) {
    ui.problem = null;
    try {
        await action();
    } catch (error) {
        ui.problem = error.message;
        if (error.status === 401) setSession(null);
    }
    redraw();
}

const trouble = (ui) => ui.problem && notice("warning", ui.problem);

function signIn(address, { ui, redraw }) {
    const challenge = () => run(ui, redraw, async () => (ui.challenge = await ask(`session/challenge?${new URLSearchParams({ address })}`)));
    const submit = (event) => {
        event.preventDefault();
        const signature = new FormData(event.currentTarget).get("signature").trim();
        run(ui, redraw, async () => {
            setSession(await send("POST", "session", { address, message: ui.challenge.message, signature }));
            ui.challenge = null;
        });
    };
    const isFresh = ui.challenge?.address === address && ui.challenge.expires_at > Date.now() / 1000;
    return card("Is this your address?", null, trouble(ui),
        !isFresh ? [h("p", { class: "muted" }, "Sign a text with its key, and you can name your workers, choose alerts, and see your connections in full. No coin moves, and no password is needed."),
            h("button", { type: "button", class: "button", onclick: challenge }, "Show the text to sign")]
            : h("form", { class: "form", onsubmit: submit },
                h("p", null, "In Dash Core: Tools → Sign Message, with this address and this text:"),
                h("p", { class: "copy-line" }, h("code", null, ui.challenge.message), copyButton(ui.challenge.message, "text")),
                h("label", null, "Signature", h("input", { name: "signature", required: true, autocomplete: "off", spellcheck: "false" })),
                h("button", { class: "button" }, "Sign in")));
}

const kConnections = [
    { id: "worker", label: "Worker", cell: (c) => h("span", { class: "mono" }, c.worker.split(/[._](.*)/s)[1] || "unnamed") },
    { id: "ip", label: "From", cell: (c) => h("code", null, c.ip) },
    { id: "difficulty", label: "Difficulty", align: "number", cell: (c) => format.difficulty(c.difficulty) },
    { id: "connected", label: "Connected", align: "number", cell: (c) => format.duration(Math.floor(c.connected_seconds)) },
];

/** The workers that can have a label: those that are shown, and those that have one, who may be gone. */
const labelled = (workers, labels) => [...new Set([...workers.map((worker) => worker.name), ...Object.keys(labels)])];

function readSettings(form, names) {
    const data = new FormData(form);
    const number = (name, factor) => (data.get(name) ? Number(data.get(name)) * factor : null);
    const labels = Object.fromEntries(names.map((name) => [name, (data.get(`label ${name}`) ?? "").trim()]).filter(([, label]) => label));
    return { labels, hash_rate_below: number("slow", kMega), worker_silent_seconds: number("silent", 60) };
}

function settings(own, workers, context) {
    const { ui, redraw } = context;
    const names = labelled(workers, own.settings.labels);
    const save = (event) => {
        event.preventDefault();
        const wanted = readSettings(event.currentTarget, names);
        run(ui, redraw, async () => {
            own.settings = await send("PUT", "session/settings", wanted);
            ui.saved = true;
        });
    };
    const leave = () => run(ui, redraw, async () => {
        await send("DELETE", "session").finally(() => setSession(null));
        ui.own = null;
    });
    const { labels, hash_rate_below: slow, worker_silent_seconds: silent } = own.settings;
    const field = (label, properties) => h("label", null, label, h("input", properties));
    return card("Yours", { extra: level("ok", "signed in") }, trouble(ui),
        h("form", { class: "form", onsubmit: save },
            names.map((name) => field(`Label for ${name.split(/[._](.*)/s)[1] || "the unnamed worker"}`, { name: `label ${name}`, maxlength: "64", value: labels[name] ?? "" })),
            field("Alert below (MH/s)", { name: "slow", type: "number", min: "0", step: "any", value: slow === null ? "" : slow / kMega }),
            field("Alert when a worker is silent for (minutes)", { name: "silent", type: "number", min: "1", max: "1440", value: silent === null ? "" : silent / 60 }),
            h("button", { class: "button" }, "Save"), ui.saved && level("ok", "saved"), " ",
            h("button", { type: "button", class: "button", onclick: leave }, "Sign out")),
        own.alerts.map((alert) => notice(alert.level, alert.text)),
        own.connections.length > 0 && table("own", kConnections, own.connections, { context, caption: "Your connections" }));
}

/** The card for the owner of `miner`'s address. */
export function ownCard(miner, context) {
    const { ui, redraw } = context;
    if (session()?.address !== miner.address) return signIn(miner.address, context);
    const isMissing = ui.own?.address !== miner.address;
    if (!ui.asking && (isMissing || Date.now() > ui.ownUntil)) {
        ui.asking = true;
        run(ui, redraw, async () => (ui.own = await ask("session"))).finally(() => {
            ui.asking = false;
            ui.ownUntil = Date.now() + kFreshMilliseconds;
        });
    }
    if (isMissing) return card("Yours", null, trouble(ui), h("p", { class: "muted" }, "loading …"));
    return settings(ui.own, miner.workers, context);
}
