// Elements from descriptions, and bringing what is shown up to what is described with as few changes as possible, so
// that focus, scrolling and selections stay. Pages describe themselves anew at every change and never touch the document.

const kSvg = "http://www.w3.org/2000/svg";

function setProperty(element, name, value) {
    if (value === undefined || value === null || value === false) return;
    if (name === "key") element.nodeKey = String(value);
    else if (name === "vars") for (const [variable, text] of Object.entries(value)) element.style.setProperty(variable, text);
    else if (name.startsWith("on")) {
        element[name] = value;
        (element.handlers ??= new Set()).add(name);
    } else element.setAttribute(name, value === true ? "" : String(value));
}

function append(element, children) {
    for (const child of children.flat(Infinity)) {
        if (child === undefined || child === null || child === false) continue;
        element.append(child instanceof Node ? child : String(child));
    }
    return element;
}

/** `h("a", { class: "hash", href: "#/" }, "text", child)`; `key` names an element among its siblings, `vars` sets CSS variables. */
export function h(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties ?? {})) setProperty(element, name, value);
    return append(element, children);
}

/** The same for SVG. */
export function svg(tag, properties, ...children) {
    const element = document.createElementNS(kSvg, tag);
    for (const [name, value] of Object.entries(properties ?? {})) setProperty(element, name, value);
    return append(element, children);
}

/** The place of something that draws itself: `component.element` is put in once and then left alone. */
export function slot(component) {
    const element = h("div", { class: "slot" });
    element.component = component;
    return element;
}

function fillSlots(node) {
    if (node.component) node.replaceChildren(node.component.element);
    else for (const child of node.children ?? []) fillSlots(child);
    return node;
}

function isSame(old, fresh) {
    return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && old.nodeKey === fresh.nodeKey &&
        old.component === fresh.component;
}

// What the user sets, and what a page must not set back.
const kOwnedByUser = { DETAILS: "open", INPUT: "value" };

function copyAttributes(old, fresh) {
    for (const { name } of [...old.attributes]) {
        if (!fresh.hasAttribute(name) && name !== "style" && kOwnedByUser[old.nodeName] !== name) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
        if (name === "style" || kOwnedByUser[old.nodeName] === name) continue;
        if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    if (old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
    for (const name of old.handlers ?? []) if (!fresh.handlers?.has(name)) old[name] = null;
    for (const name of fresh.handlers ?? []) old[name] = fresh[name];
    old.handlers = fresh.handlers;
}

function flash(element) {
    const live = element?.closest(".live");
    if (!live) return;
    live.classList.remove("changed");
    requestAnimationFrame(() => live.classList.add("changed"));
}

function morphChildren(old, fresh) {
    const keyed = new Map();
    for (const child of old.childNodes) if (child.nodeKey !== undefined) keyed.set(child.nodeKey, child);
    let place = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
        let match = wanted.nodeKey !== undefined ? keyed.get(wanted.nodeKey) : place;
        if (match && (match.parentNode !== old || !isSame(match, wanted))) match = undefined;
        if (match) {
            if (match === place) place = place.nextSibling;
            else old.insertBefore(match, place);
            morph(match, wanted);
        } else old.insertBefore(fillSlots(wanted), place);
    }
    while (place) {
        const next = place.nextSibling;
        place.remove();
        place = next;
    }
}

/** Makes `old`, which is in the document, look like `fresh`. */
export function morph(old, fresh) {
    if (!isSame(old, fresh)) {
        old.replaceWith(fillSlots(fresh));
        return;
    }
    if (old.component) return;
    if (old.nodeType === Node.TEXT_NODE) {
        if (old.data === fresh.data) return;
        old.data = fresh.data;
        flash(old.parentElement);
        return;
    }
    copyAttributes(old, fresh);
    morphChildren(old, fresh);
}
