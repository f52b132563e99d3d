// Shows the page that the address names, asks for its data, and draws it anew when something changed.
import { h, morph } from "./lib/dom.js";
import { ask } from "./lib/api.js";
import { listen, live, start } from "./lib/live.js";
import { startTips } from "./lib/tip.js";
import { loading, problem } from "./parts/basics.js";
import { parseRoute } from "./routes.js";
import { shell } from "./shell.js";

const kLeastPauseMilliseconds = 2000;
const frame = document.getElementById("app");
const memory = new Map(); // what a page's controls were set to, by path

/** The page that is shown: its module, parameter, answers by source name, and controls. */
let shown = null;
let drawing = false;

function draw() {
    if (drawing) return;
    drawing = true;
    requestAnimationFrame(() => {
        drawing = false;
        morph(frame, h("div", { id: "app" }, shell(shown, body())));
    });
}

function body() {
    if (!shown.view) return loading();
    const optional = shown.module.optional ?? []; // sources that the page can do without
    const isMissing = (name) => shown.data[name] === undefined && !(optional.includes(name) && shown.errors[name]);
    const complete = !Object.keys(shown.sources).some(isMissing);
    const [, first] = Object.entries(shown.errors).find(([name]) => !optional.includes(name)) ?? [];
    if (!live.overview) return live.error ? problem(live.error) : loading();
    if (!complete) return first ? problem(first) : loading();
    return [first && problem(first, { isOld: true }), shown.view(shown)];
}

async function fetchSource(page, name) {
    const path = page.sources[name];
    try {
        const answer = await ask(path);
        if (page.sources[name] !== path) return;
        page.data[name] = answer;
        delete page.errors[name];
    } catch (error) {
        if (page.sources[name] === path) page.errors[name] = error;
    }
}

/** Asks for all sources again, and then every so often; whatever is wanted meanwhile comes with one more round. */
async function load(page) {
    clearTimeout(page.timer);
    if (page !== shown) return;
    page.again = page.loading; // somebody wants something else than what is on its way
    if (page.loading) return;
    page.loading = true;
    page.loadedAt = Date.now();
    page.sources = page.module.sources?.(page) ?? {};
    await Promise.all(Object.keys(page.sources).map((name) => fetchSource(page, name)));
    page.loading = false;
    if (page !== shown) return;
    if (page.again) return load(page);
    page.timer = setTimeout(() => load(page), (document.hidden ? 60 : page.module.every ?? 10) * 1000);
    draw();
}

function loadSoon(page) {
    clearTimeout(page.timer);
    page.timer = setTimeout(() => load(page), Math.max(200, page.loadedAt + kLeastPauseMilliseconds - Date.now()));
}

async function show() {
    const { page, parameter } = parseRoute(location.hash);
    const isFirst = shown === null;
    shown?.module?.leave?.(shown);
    clearTimeout(shown?.timer);
    if (!memory.has(page.path)) memory.set(page.path, {});
    const mine = { page, parameter, data: {}, errors: {}, sources: {}, ui: memory.get(page.path), redraw: draw, reload: () => load(mine) };
    shown = mine;
    draw();
    try {
        mine.module = await page.load();
    } catch {
        mine.errors.page = Object.assign(new Error("the page's files could not be read"), { status: 0 });
        draw();
        return;
    }
    if (mine !== shown) return;
    mine.view = mine.module.view;
    mine.heading = mine.module.title(mine);
    document.title = `${mine.heading} · p2pool-dash`;
    draw();
    await load(mine);
    if (mine !== shown) return;
    document.querySelector(".navigation [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
    if (isFirst) return;
    scrollTo(0, 0);
    document.getElementById("heading")?.focus({ preventScroll: true });
}

listen((event) => {
    if (!shown) return;
    if (event && shown.module?.reloadOn?.includes(event)) loadSoon(shown);
    draw();
});
addEventListener("hashchange", show);
addEventListener("themechange", draw);
document.querySelector(".skip").onclick = (event) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
};
setInterval(() => document.hidden || draw(), 1000); // times are relative
startTips();
start();
show();
