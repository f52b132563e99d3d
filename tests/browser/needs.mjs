// What the tests need besides the programs; where it is missing they end with the code for "skipped", and say why.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const kSkipped = 77;

export const launcher = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

export function skip(reason) {
    console.log(`SKIPPED: ${reason}`);
    process.exit(kSkipped);
}

/** The command line: folders of the built programs, of node_modules, and for screenshots. */
export const [programs, packages, screenshots] = process.argv.slice(2).map((path) => resolve(path));

export async function startBrowser() {
    const library = join(packages, "node_modules/playwright-core/index.mjs");
    if (!existsSync(library)) skip("the npm package playwright-core was not fetched by the build");
    const program = [process.env.P2POOL_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path));
    if (!program) skip("Chromium is not installed (apt-get install chromium), and P2POOL_CHROMIUM names none");
    const { chromium } = await import(pathToFileURL(library).href);
    return chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
}
