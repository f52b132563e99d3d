// Drives every page of the dashboard in every state, in both themes, on a phone and on a wide screen.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launcher, programs, screenshots, startBrowser } from "./needs.mjs";
import { Signer } from "./signer.mjs";
import { kNoBlocks, kStates, syncingOverview } from "./states.mjs";
import { auditContrast, auditPage, Watched } from "./watcher.mjs";
import { waitFor, World } from "./world.mjs";

/** Packed, as it is sent. */
const kMostFirstBytes = 150000;
const kSizes = { wide: { width: 1600, height: 1000 }, phone: { width: 390, height: 844 } };
const kLooks = [["wide", "light"], ["phone", "dark"]];
/** In one state the other two looks, too. */
const kAllLooks = [...kLooks, ["wide", "dark"], ["phone", "light"]];
const kPages = ["", "miners", "blocks", "payouts", "shares", "graphs/hour", "broadcaster", "peers", "alerts", "stratum", "connect"];

const failures = [];
const fail = (where, what) => {
    failures.push(`${where}: ${what}`);
    console.log(`FAIL ${where}: ${what}`);
};

/** Pages with a parameter that is there in this state. */
async function deepPages(world) {
    const overview = await world.overview();
    const window = await world.ask("/api/v1/shares?count=1");
    return [`miner/${overview.node.payout_address}`, window.hash.length > 0 && `share/${window.hash[0]}`,
        overview.last_blocks.length > 0 && `block/${overview.last_blocks[0].hash}`].filter(Boolean);
}

/** Opens a page and waits until all that it asked for is there. */
async function open(page, route) {
    await page.evaluate((to) => (location.hash = `#/${to}`), route);
    await page.waitForFunction((to) => location.hash === `#/${to}` && document.querySelector(`.page-${to.split("/")[0] || "overview"}`) && !document.querySelector(".skeleton"), route, { timeout: 15000 });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

async function lookAt(watched, route, where, texts) {
    const { page } = watched;
    await open(page, route);
    for (const text of texts ?? []) {
        const isThere = () => page.evaluate((wanted) => document.body.innerText.toLowerCase().includes(wanted.toLowerCase()), text);
        await waitFor(text, isThere, 8000).catch(() => fail(where, `"${text}" is not on the page`));
    }
    for (const problem of [...(await page.evaluate(auditPage)), ...(await page.evaluate(auditContrast))]) fail(where, problem);
    await page.screenshot({ path: join(screenshots, `${where.replace(/[^a-z0-9]+/gi, "-")}.png`), fullPage: true });
}

async function stageSyncing(page) {
    await page.route("**/api/v1/events", (route) => route.fulfill({ status: 200, contentType: "text/event-stream", body: ":\n\n" }));
    await page.route("**/api/v1/overview", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: syncingOverview(await response.json()) });
    });
}

async function visit(browser, world, state, size, theme) {
    const context = await browser.newContext({ viewport: kSizes[size], colorScheme: theme, reducedMotion: "reduce" });
    const page = await context.newPage();
    const watched = new Watched(page, world.base);
    if (state.isStaged) await stageSyncing(page);
    await page.goto(`${world.base}/static/`);
    for (const route of [...kPages, ...(state.isStaged ? [] : await deepPages(world))]) {
        const name = route.split("/")[0];
        const texts = name === "miner" && state.name === "empty" ? ["There is no such thing here"] : state.texts[name];
        await lookAt(watched, route, `${state.name} / ${name || "overview"} / ${size} ${theme}`, texts);
    }
    // A miner that does not exist is a 404, which Chromium writes to the console; the page says it in words.
    const expected = state.name === "empty" ? /status of 404.*miners\// : /^$/;
    watched.complaints.filter((text) => !expected.test(text)).forEach((text) => fail(`${state.name} / ${size} ${theme}`, text));
    await context.close();
}

async function oldLinks(browser, world) {
    const context = await browser.newContext({ viewport: kSizes.wide });
    const page = await context.newPage();
    const watched = new Watched(page, world.base);
    const [share] = (await world.ask("/api/v1/shares?count=1")).hash;
    const { payout_address: address } = (await world.overview()).node;
    const links = { "graphs.html?Day": "#/graphs/day", "graphs.html?Hour": "#/graphs/hour", [`share.html#${share}`]: `#/share/${share}`, [`miner.html?address=${address}`]: `#/miner/${address}`,
        "miners.html": "#/miners", "stratum.html": "#/stratum", "dashboard.html": "#/" };
    for (const [old, now] of Object.entries(links)) {
        await page.goto(`${world.base}/static/${old}`);
        await waitFor(now, () => page.url().endsWith(now), 8000).catch(() => fail("old links", `${old} leads to ${page.url()}`));
        await page.waitForFunction(() => document.querySelector(".page") && !document.querySelector(".skeleton"), null, { timeout: 10000 });
    }
    watched.complaints.forEach((text) => fail("old links", text));
    await context.close();
}

/** With the keyboard alone: skip link, a table's order, a share of the picture. */
async function keyboard(browser, world) {
    const context = await browser.newContext({ viewport: kSizes.wide });
    const page = await context.newPage();
    await page.goto(`${world.base}/static/`);
    await page.waitForSelector(".headlines");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    if (!(await page.evaluate(() => document.activeElement.id === "main"))) fail("keyboard", "the skip link does not lead to the page");
    await open(page, "miners");
    await page.focus("th .sort");
    await page.keyboard.press("Enter");
    if (!(await page.waitForSelector("th[aria-sort]", { timeout: 3000 }).catch(() => null))) fail("keyboard", "a table's head does not sort by Enter");
    await open(page, "shares");
    await page.focus(".strip canvas");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await waitFor("a share's page", () => page.url().includes("#/share/"), 5000).catch(() => fail("keyboard", "Enter on the picture of the share chain opens no share"));
    await context.close();
}

/** Whoever holds an address's key signs in with it, and names his worker. */
async function signIn(browser, world) {
    const signer = new Signer();
    world.mine("own miner", `${signer.address}.rig7`);
    await waitFor("the miner's work", async () => (await world.ask("/api/v1/miners")).miners.some((miner) => miner.address === signer.address), 30000);
    const context = await browser.newContext({ viewport: kSizes.phone, colorScheme: "dark" });
    const page = await context.newPage();
    await page.goto(`${world.base}/static/#/miner/${signer.address}`);
    await page.getByText("Show the text to sign").click();
    const text = await page.locator(".form code").innerText();
    let isTaken = false;
    for (const signature of signer.sign(text)) {
        if (isTaken) break;
        const answer = page.waitForResponse((response) => response.request().method() === "POST");
        await page.fill("input[name=signature]", signature);
        await page.getByRole("button", { name: "Sign in" }).click();
        isTaken = (await answer).ok();
    }
    if (!isTaken) return fail("sign in", "a good signature is refused");
    await page.getByText("signed in").waitFor({ timeout: 10000 });
    await page.fill('input[name^="label "]', "Garage");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("saved").waitFor({ timeout: 5000 }).catch(() => fail("sign in", "the settings are not saved"));
    for (const problem of [...(await page.evaluate(auditPage)), ...(await page.evaluate(auditContrast))]) fail("sign in", problem);
    await page.screenshot({ path: join(screenshots, "signed-in.png"), fullPage: true });
    await context.close();
    await world.end("own miner");
}

/** What a phone has to load before the first picture. */
async function firstView(browser, world) {
    const context = await browser.newContext({ viewport: kSizes.phone });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    let bytes = 0;
    await session.send("Network.enable");
    session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
    await page.goto(`${world.base}/static/`);
    await page.waitForSelector(".chart canvas");
    if (bytes > kMostFirstBytes) fail("first view", `${bytes} bytes were loaded, more than ${kMostFirstBytes}`);
    console.log(`first view: ${bytes} bytes`);
    await context.close();
}

/** Without the chart library, as where the build could not fetch it, charts are drawn all the same. */
async function plainCharts(browser, world) {
    const context = await browser.newContext({ viewport: kSizes.wide });
    const page = await context.newPage();
    const watched = new Watched(page, world.base);
    const inItsPlace = (name) => page.route(`**/vendor/${name}`, (route) => route.fulfill({ path: join(launcher, "web/static/vendor", name) }));
    await inItsPlace("uPlot.iife.min.js");
    await inItsPlace("uPlot.min.css");
    await page.goto(`${world.base}/static/`);
    if (!(await page.waitForSelector(".plain-chart path", { timeout: 8000 }).catch(() => null))) fail("without uPlot", "there is no chart");
    await page.screenshot({ path: join(screenshots, "without-uplot.png"), fullPage: true });
    watched.complaints.forEach((text) => fail("without uPlot", text));
    await context.close();
}

/** The node goes, the page says so; it comes again, and the page lives on. Chromium's own complaints are about that. */
async function nodeGone(browser, world) {
    const context = await browser.newContext({ viewport: kSizes.wide });
    const page = await context.newPage();
    await page.goto(`${world.base}/static/`);
    await page.waitForSelector(".link-ok");
    await page.waitForSelector(".headlines");
    await world.end("node");
    await page.waitForSelector(".link-error", { timeout: 10000 });
    await page.screenshot({ path: join(screenshots, "node-gone.png") });
    await world.startAgain();
    await page.waitForSelector(".link-ok", { timeout: 20000 }).catch(() => fail("node gone", "the page does not come back to life"));
    await context.close();
}

const started = Date.now();
const elapsed = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;
mkdirSync(screenshots, { recursive: true });
const browser = await startBrowser();
const worlds = {};
try {
    worlds.shares = new World({ programs, launcher, simnet: kNoBlocks });
    worlds.blocks = new World({ programs, launcher, simnet: ["--chainlock-after", "0.3"], neighbours: 3, peer: true });
    await Promise.all(Object.values(worlds).map((world) => world.start()));
    for (const state of kStates) {
        const world = worlds[state.world ?? "shares"];
        await state.prepare?.(worlds);
        await state.until?.(world);
        await Promise.all((state.name === "mining" ? kAllLooks : kLooks).map(([size, theme]) => visit(browser, world, state, size, theme)));
        await state.after?.(worlds);
        console.log(`${state.name}: looked at after ${elapsed()}`);
        if (state.name === "mining") {
            await Promise.all([oldLinks, keyboard, signIn, firstView, plainCharts].map((check) => check(browser, world)));
            await nodeGone(browser, world);
        }
    }
} finally {
    await browser.close();
    for (const world of Object.values(worlds)) await world.stop();
}
console.log(`${failures.length} failures after ${elapsed()}; screenshots are in ${screenshots}`);
process.exit(failures.length > 0 ? 1 : 0);
