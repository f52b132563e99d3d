// How a miner gets here, with the host and port that work from where the page is read.
import { h } from "../lib/dom.js";
import { copyButton } from "./basics.js";
import { icon } from "./icons.js";

/** The page was loaded from the worker port, so its address is right; behind a proxy the node's own port is. */
export function stratumAddress(overview) {
    const host = location.hostname || overview.node.external_ip || "HOST";
    return `stratum+tcp://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${overview.node.worker_port}`;
}

export function copyLine(label, value, note) {
    return h("div", { class: "copy-line" }, h("span", { class: "copy-label" }, label), h("code", null, value), note ? h("span", { class: "muted" }, note) : copyButton(value, label));
}

export function connectHint(overview) {
    return h("section", { class: "card hint", key: "connect-hint", "aria-label": "No miner is connected" },
        h("div", { class: "hint-sign" }, icon("connect")),
        h("div", null,
            h("h2", null, "No miner is connected"),
            h("p", null, "Point an X11 miner here. Its user name is the Dash address that is to be paid; the password does not matter."),
            copyLine("address", stratumAddress(overview)),
            copyLine("user", "YOUR_DASH_ADDRESS", "or YOUR_DASH_ADDRESS.rig1"),
            h("p", null, h("a", { href: "#/connect" }, "More about connecting →"))));
}
