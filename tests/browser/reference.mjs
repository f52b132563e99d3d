// The python node's own pages, served by this node with --web-static: no script error, and nothing that our API refuses.
// P2POOL_REFERENCE_STATIC names their folder. What they load from foreign hosts stays away.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { launcher, programs, screenshots, skip, startBrowser } from "./needs.mjs";
import { sleep, waitFor, World } from "./world.mjs";

const kSettleMilliseconds = 2500;
const folder = process.env.P2POOL_REFERENCE_STATIC;
if (!folder || !existsSync(join(folder, "index.html"))) skip("P2POOL_REFERENCE_STATIC names no folder with the python node's pages");

const browser = await startBrowser();
const failures = [];
const world = new World({ programs, launcher, simnet: ["--chainlock-after", "1"], node: ["--web-static", folder], peer: true });

/** An error that only says that a foreign library is not there. */
const isForeign = (text, foreign) => foreign.some((name) => text.includes(name)) || /Highcharts is not defined/.test(text);

async function visit(path, name) {
    const page = await browser.newPage();
    const foreign = [];
    const complain = (text) => isForeign(text, foreign) || failures.push(`${name}: ${text}`);
    await page.route((url) => !url.href.startsWith(world.base), (route) => {
        foreign.push(route.request().url());
        return route.abort();
    });
    page.on("pageerror", (error) => complain(`script error: ${error.stack ?? error}`));
    page.on("console", (message) => message.type() === "error" && complain(`console: ${message.text()} (${message.location().url})`));
    page.on("response", (response) => response.status() >= 400 && complain(`${response.status()} for ${response.url()}`));
    await page.goto(`${world.base}/static/${path}`);
    await sleep(kSettleMilliseconds);
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
    await page.close();
}

mkdirSync(screenshots, { recursive: true });
try {
    await world.start();
    world.mine();
    // Its graphs of several lines fail on a node that has nothing to draw there, its own one included.
    const hasLines = async (stream) => (await world.ask(`/web/graph_data/${stream}/last_hour`)).some(([, values]) => Object.values(values ?? {}).some((value) => value > 0));
    await waitFor("shares, a block, and lines to draw", async () => {
        const overview = await world.overview();
        return overview.pool.chain_height > 10 && overview.last_blocks.length > 0 && (await hasLines("local_share_hash_rates")) && hasLines("traffic_rate");
    }, 250000);
    const [share] = (await world.ask("/api/v1/shares?count=1")).hash;
    const { payout_address: address } = (await world.overview()).node;
    const pages = { "index.html": "index", "dashboard.html": "dashboard", "graphs.html?Hour": "graphs", "miners.html": "miners", [`miner.html?address=${address}`]: "miner", [`share.html#${share}`]: "share", "stratum.html": "stratum" };
    for (const [path, name] of Object.entries(pages)) if (existsSync(join(folder, path.split(/[?#]/)[0]))) await visit(path, name);
} finally {
    await browser.close();
    await world.stop();
}
failures.forEach((text) => console.log(`FAIL ${text}`));
console.log(`${failures.length} failures; screenshots are in ${screenshots}`);
process.exit(failures.length > 0 ? 1 : 0);
