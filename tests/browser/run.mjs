// Drives every page of the dashboard in every state, in both themes, on a phone and on a wide screen.
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer, request as askNode } from "node:http";
import { join } from "node:path";
import { launcher, programs, screenshots, startBrowser } from "./needs.mjs";
import { Signer } from "./signer.mjs";
import { kNoBlocks, kStates, syncingOverview } from "./states.mjs";
import { auditContrast, auditPage, Watched } from "./watcher.mjs";
import { sleep, waitFor, World } from "./world.mjs";

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

/** Some shares of mainnet's window of 8,640, newest first. */
function someShares(from, count) {
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    return { best: shareHash(from), height: 20000, window: 8640, addresses: Array.from({ length: 40 }, (_, i) => `XaddressOfMiner${i}`), hash: numbers.map(shareHash), miner: numbers.map((n) => (n * n) % 40),
        time: numbers.map((n) => 1.79e9 - 20 * n), difficulty: numbers.map((n) => 1000 + (n % 7)), flags: numbers.map((n) => (n % 9 ? 0 : 1) | (n % 2000 ? 0 : 2) | (n % 50 ? 0 : 4) | (n % 70 ? 0 : 8)) };
}
/** Milliseconds. */
const kSlowLine = 3000;
const shareHash = (number) => number.toString(16).padStart(64, "0");

/** A window as full as mainnet's: it is drawn whole, choosing in it is quick, and new shares come without all the others. */
async function fullWindow(browser, world) {
    for (const [size, theme] of kLooks) {
        const context = await browser.newContext({ viewport: kSizes[size], colorScheme: theme });
        const page = await context.newPage();
        const asked = [];
        await page.route(/api\/v1\/shares($|\?)/, async (route) => {
            const isWhole = !route.request().url().includes("?");
            asked.push(isWhole);
            if (isWhole) await sleep(kSlowLine); // new shares come meanwhile
            return route.fulfill({ json: isWhole ? someShares(1000, 8640) : someShares(997, 64) });
        });
        await page.goto(`${world.base}/static/#/shares`);
        await page.getByText("8\u202f640 shares").waitFor({ timeout: 20000 });
        await page.waitForFunction(() => document.querySelector(".strip canvas").height > 0);
        const moves = await page.evaluate(() => {
            const canvas = document.querySelector(".strip canvas");
            const { left, top, width, height } = canvas.getBoundingClientRect();
            const started = performance.now();
            for (let i = 0; i < 50; ++i) canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: left + (width * i) / 51, clientY: top + (height * i) / 51 }));
            return (performance.now() - started) / 50;
        });
        if (moves > 4) fail("full window", `choosing a share takes ${moves.toFixed(1)} ms`);
        console.log(`full window, ${size}: ${moves.toFixed(2)} ms to choose a share`);
        await waitFor("new shares", () => page.evaluate((newest) => document.querySelector(`a[href="#/share/${newest}"]`), shareHash(997)), 30000).catch(() => fail("full window", "new shares do not come"));
        if (asked.filter(Boolean).length !== 1) fail("full window", `the whole window was asked for ${asked.filter(Boolean).length} times`);
        for (const problem of [...(await page.evaluate(auditPage)), ...(await page.evaluate(auditContrast))]) fail("full window", problem);
        await page.screenshot({ path: join(screenshots, `full-window-${size}-${theme}.png`), fullPage: true });
        await page.focus(".strip canvas");
        await page.keyboard.press("End");
        await page.keyboard.press("Enter");
        await waitFor("the oldest share", () => page.url().endsWith(`#/share/${shareHash(997 + 8640 - 1)}`), 5000).catch(() => fail("full window", `End and Enter lead to ${page.url()}`));
        await context.close();
    }
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
    if (!(await page.waitForSelector(".plain-chart path", { timeout: 30000 }).catch(() => null))) fail("without uPlot", "there is no chart");
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

/** Passes everything on to the node; while it is cut, streams of events stay open and say nothing. */
class Proxy {
    isCut = false;

    constructor(base) {
        this.server = createServer((request, response) => {
            const isStream = request.url.endsWith("/api/v1/events");
            const onward = askNode(base + request.url, { method: request.method, headers: request.headers }, (answer) => {
                response.writeHead(answer.statusCode, answer.headers);
                response.flushHeaders();
                answer.on("data", (chunk) => (isStream && this.isCut) || response.write(chunk));
                answer.on("end", () => response.end());
            });
            onward.on("error", () => response.destroy());
            response.on("close", () => onward.destroy());
            request.pipe(onward);
        });
    }

    async start() {
        await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${this.server.address().port}`;
    }

    stop() {
        this.server.closeAllConnections();
        this.server.close();
    }
}

/** A stream of events that died without a word is noticed: the page asks instead, says so, and lives again when events come. */
async function deadStream(browser, world) {
    const proxy = new Proxy(world.base);
    const base = await proxy.start();
    const context = await browser.newContext({ viewport: kSizes.wide });
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`${base}/static/`);
    await page.waitForSelector(".link-ok", { timeout: 10000 }).catch(() => fail("dead stream", "the page does not live behind a proxy"));
    proxy.isCut = true;
    await sleep(200);
    await page.clock.fastForward(50000);
    await page.waitForSelector(".link-warning", { timeout: 10000 }).catch(() => fail("dead stream", "a stream that is silent is taken for alive"));
    proxy.isCut = false;
    await page.waitForSelector(".link-ok", { timeout: 20000 }).catch(() => fail("dead stream", "the page does not come back to life"));
    await context.close();
    proxy.stop();
}

/** Starts the node again, with "secret" as its password. */
async function protect(world, isWhole) {
    await world.end("node");
    world.write("security_config.json", JSON.stringify({ web_auth_enabled: true, web_auth_private_only: !isWhole, web_auth_password_hash: createHash("sha256").update("secret").digest("hex") }));
    await world.startAgain();
    world.mine();
}

/** A password for everything, given in the address as bookmarks and wall screens do. */
async function wholePassword(browser, world) {
    await protect(world, true);
    const context = await browser.newContext({ viewport: kSizes.wide });
    const page = await context.newPage();
    const watched = new Watched(page, world.base);
    if ((await fetch(`${world.base}/static/`)).status !== 401) fail("password", "the page is shown to who gives none");
    await page.goto(`${world.base.replace("//", "//admin:secret@")}/static/`);
    await page.waitForSelector(".link-ok", { timeout: 10000 }).catch(() => fail("password", "the page does not live with the password in its address"));
    watched.complaints.forEach((text) => fail("password", text));
    await context.close();
}

/** A password for what tells of miners: the overview stays for everybody, asks nobody by a dialog, and shows the way in. */
async function privateParts(browser, world) {
    await protect(world, false);
    // A proxy's guest: whoever is at the node's own machine sees names without the password, too.
    const context = await browser.newContext({ viewport: kSizes.phone, extraHTTPHeaders: { "X-Forwarded-For": "198.51.100.1" }, httpCredentials: { username: "admin", password: "secret", send: "unauthorized" } });
    const page = await context.newPage();
    const dialogs = [];
    page.on("response", (response) => response.status() === 401 && response.headers()["www-authenticate"] && dialogs.push(response.url()));
    await page.goto(`${world.base}/static/`);
    await page.getByText("This part needs a password.").waitFor({ timeout: 10000 });
    for (const problem of [...(await page.evaluate(auditPage)), ...(await page.evaluate(auditContrast))]) fail("private parts", problem);
    await page.screenshot({ path: join(screenshots, "private-parts.png"), fullPage: true });
    if (await page.getByText("yUM9qr").count()) fail("private parts", "a worker's name is shown to a stranger");
    await open(page, "graphs/hour");
    await page.getByText("This part needs a password.").first().waitFor({ timeout: 10000 }).catch(() => fail("private parts", "the graphs do not say that miners' names need a password"));
    await page.getByText("Hash rate of the pool").waitFor();
    await open(page, "miner/yUM9qr3n8wtkwVCnYrZcLCqt4jrxQyaCJi");
    await page.getByText("Show the text to sign").waitFor({ timeout: 10000 }).catch(() => fail("private parts", "a miner cannot sign in"));
    dialogs.forEach((url) => fail("private parts", `the browser asks for a password because of ${url}`));
    await page.getByRole("link", { name: "Enter the password" }).first().click();
    await page.getByText("yUM9qr").first().waitFor({ timeout: 30000 }).catch(() => fail("private parts", "the password does not open them"));
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
            await Promise.all([oldLinks, keyboard, fullWindow, signIn, firstView, plainCharts, deadStream].map((check) => check(browser, world)));
            await nodeGone(browser, world);
            await wholePassword(browser, world);
            await privateParts(browser, world);
        }
    }
} finally {
    await browser.close();
    for (const world of Object.values(worlds)) await world.stop();
}
console.log(`${failures.length} failures after ${elapsed()}; screenshots are in ${screenshots}`);
process.exit(failures.length > 0 ? 1 : 0);
