// One browser page under watch: whatever it complains about, and every request that leaves the node, is a failure.

export class Watched {
    constructor(page, base) {
        this.page = page;
        this.complaints = [];
        page.on("console", (message) => {
            if (["error", "warning"].includes(message.type())) this.complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
        });
        page.on("pageerror", (error) => this.complaints.push(`script error: ${error.stack ?? error}`));
        page.on("request", (request) => {
            const url = request.url();
            if (new URL(url).origin !== base && !url.startsWith("data:")) this.complaints.push(`request to another host: ${url}`);
        });
    }
}

/** What is wrong with the page's structure, run inside the page. */
export function auditPage() {
    const problems = [];
    const visible = (element) => element.checkVisibility?.({ checkVisibilityCSS: true }) ?? true;
    const nameOf = (element) => (element.getAttribute("aria-label") || element.textContent || element.title || "").trim();
    const describe = (element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ${nameOf(element).slice(0, 40)}`;

    if (!document.documentElement.lang) problems.push("the document names no language");
    if (!document.title) problems.push("the document has no title");
    for (const landmark of ["main", "nav", "header"]) if (!document.querySelector(landmark)) problems.push(`there is no <${landmark}>`);
    if (document.querySelectorAll("h1").length !== 1) problems.push("there is not exactly one <h1>");
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => problems.push(`the id ${id} is there twice`));
    for (const element of document.querySelectorAll("a, button, [role=button], canvas[tabindex]")) if (visible(element) && !nameOf(element)) problems.push(`no name: ${describe(element)}`);
    for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) problems.push(`no alt: ${image.src}`);
    for (const svg of document.querySelectorAll("svg")) {
        const isSilent = svg.getAttribute("aria-hidden") === "true" || svg.getAttribute("role") === "img" || svg.querySelector("a");
        if (!isSilent) problems.push(`a picture that is neither hidden nor named: ${describe(svg)}`);
    }
    if (/\bNaN\b|undefined|\[object |Infinity/.test(document.body.innerText)) problems.push(`what no person should read: ${document.body.innerText.match(/.{0,40}(NaN|undefined|\[object |Infinity).{0,20}/)[0]}`);
    if (document.documentElement.scrollWidth > innerWidth + 1) {
        const wide = [...document.querySelectorAll("main *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".table-frame"));
        problems.push(`wider than the window: ${wide.slice(0, 3).map(describe).join("; ")}`);
    }
    return problems;
}

/** Texts whose contrast is below AA, run inside the page. */
export function auditContrast() {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    const toRgba = (text) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
    const ground = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const layer = toRgba(getComputedStyle(at).backgroundColor);
            layers.push(layer);
            if (layer[3] > 0.99) break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const luminance = ([r, g, b]) => [r, g, b].map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)).reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    const poor = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || element.closest(".hidden, .skip, [aria-pressed=false], noscript, script") || !element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const below = ground(element);
        const [light, dark] = [luminance(over(toRgba(style.color), below)), luminance(below)].sort((a, b) => b - a);
        const ratio = (light + 0.05) / (dark + 0.05);
        const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
        if (ratio < (isLarge ? 3 : 4.5)) poor.add(`contrast ${ratio.toFixed(2)}: "${walker.currentNode.data.trim().slice(0, 30)}" (${element.className})`);
    }
    return [...poor];
}
