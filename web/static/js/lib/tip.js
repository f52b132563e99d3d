// One bubble for all explanations: elements with data-tip show theirs while the pointer or the focus is on them.
import { h } from "./dom.js";

const kMargin = 8;
const bubble = h("div", { class: "bubble", role: "tooltip", id: "bubble", hidden: true });
let owner = null;

function place(element) {
    const box = element.getBoundingClientRect();
    const size = bubble.getBoundingClientRect();
    const left = Math.min(Math.max(kMargin, box.left + box.width / 2 - size.width / 2), innerWidth - size.width - kMargin);
    const above = box.top - size.height - kMargin;
    bubble.style.left = `${left}px`;
    bubble.style.top = `${above > kMargin ? above : box.bottom + kMargin}px`;
}

function show(element) {
    owner = element;
    bubble.textContent = element.dataset.tip;
    bubble.hidden = false;
    place(element);
}

function hide() {
    owner = null;
    bubble.hidden = true;
}

export function startTips() {
    document.body.append(bubble);
    const over = (event) => {
        const element = event.target.closest?.("[data-tip]");
        if (element) show(element);
        else if (owner) hide();
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("focusin", over);
    document.addEventListener("focusout", hide);
    document.addEventListener("scroll", hide, { passive: true, capture: true });
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}
