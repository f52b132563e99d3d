// The real programs around the pages: a simulated Dash network, the node, a miner.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, openSync, existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const kAddress = "yUM9qr3n8wtkwVCnYrZcLCqt4jrxQyaCJi";
/** Where all nodes of the regtest network listen. */
const kDashPort = 19899;
const kStartMilliseconds = 30000;

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until `condition` gives something true, and gives that. */
export async function waitFor(what, condition, milliseconds = kStartMilliseconds) {
    const end = Date.now() + milliseconds;
    for (;;) {
        const result = await condition();
        if (result) return result;
        if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
        await sleep(50);
    }
}

function freePort() {
    return new Promise((resolve) => {
        const server = createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

export class World {
    /** `programs`: folder of the built programs; `launcher`: the project's folder; `neighbours`: how many other
     * nodes of the Dash network; `peer`: another node of the p2pool network, too. */
    constructor({ programs, launcher, simnet = [], node = [], neighbours = 0, peer = false }) {
        Object.assign(this, { programs, launcher, simnetFlags: simnet, nodeFlags: node, neighbours, peer });
        this.folder = mkdtempSync(join(tmpdir(), "p2pool-browser-"));
        this.children = new Map();
    }

    #run(name, program, args, environment = {}) {
        const log = openSync(join(this.folder, `${name}.log`), "w");
        const child = spawn(join(this.programs, program), args, { stdio: ["ignore", log, log], env: { ...process.env, ...environment } });
        this.children.set(name, child);
        return child;
    }

    log(name) {
        const file = join(this.folder, `${name}.log`);
        return existsSync(file) ? readFileSync(file, "utf8") : "";
    }

    async #untilLog(name, pattern) {
        try {
            return await waitFor(`${name} to say ${pattern}`, () => this.log(name).match(pattern));
        } catch (error) {
            throw new Error(`${error.message}\n${this.log(name).slice(-2000)}`);
        }
    }

    /** Nodes for the broadcaster, on addresses of their own, in the file of peers that an earlier run would have left. */
    #startNeighbours(dashd) {
        const group = 1 + Math.floor(Math.random() * 250);
        const peers = {};
        for (let i = 1; i <= this.neighbours; ++i) {
            const host = `127.${group}.${i}.1`;
            this.#run(`neighbour${i}`, "simnet", ["--address", host, "--rpc-port", "0", "--p2p-port", String(kDashPort)]);
            peers[`${host}:${kDashPort}`] = { source: i % 2 ? "dashd" : "p2p", first_seen: Date.now() / 1000, last_seen: Date.now() / 1000 };
        }
        const folder = join(this.folder, "data/dash_regtest");
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "broadcast_peers.json"), JSON.stringify({ version: "1.0", bootstrapped: true, local_dashd: dashd, last_updated: Date.now() / 1000, peers }));
    }

    async start() {
        this.#run("simnet", "simnet", ["--rpc-port", "0", "--p2p-port", "0", ...this.simnetFlags]);
        const [, rpc, p2p] = await this.#untilLog("simnet", /RPC on [^:]*:(\d+), P2P on [^:]*:(\d+)/);
        if (this.neighbours > 0) this.#startNeighbours(`127.0.0.1:${p2p}`);
        const dashd = { rpc, p2p };
        this.port = await freePort();
        const p2poolPort = await freePort();
        this.startAgain = () => this.#startNode("node", dashd, this.port, p2poolPort, this.nodeFlags);
        await this.startAgain();
        if (this.peer) await this.#startNode("peer", dashd, await freePort(), await freePort(), ["-n", `127.0.0.1:${p2poolPort}`]);
        this.base = `http://127.0.0.1:${this.port}`;
        return this;
    }

    async #startNode(name, dashd, port, p2poolPort, flags) {
        const folder = join(this.folder, name === "node" ? "data" : `data-${name}`);
        this.#run(name, "p2pool-dash", ["--net", "dash_regtest", "--datadir", folder, "--dashd-rpc-port", dashd.rpc, "--dashd-p2p-port", dashd.p2p,
            "--disable-upnp", "--disable-advertise", "-a", kAddress, "-w", `127.0.0.1:${port}`, "--p2pool-port", String(p2poolPort), ...flags, "simnet", "simnet"],
        { P2POOL_LAUNCHER_DIR: this.launcher });
        await this.#untilLog(name, /Started successfully/);
    }

    /** Puts a file into the node's data folder. */
    write(name, content) {
        writeFileSync(join(this.folder, "data/dash_regtest", name), content);
    }

    mine(name = "miner", user = `${kAddress}.rig1`) {
        this.#run(name, "stratum-client", [`127.0.0.1:${this.port}`, "--user", user, "--difficulty", "0.00001"]);
    }

    /** JSON of the node. */
    async ask(path) {
        const response = await fetch(this.base + path);
        return response.json();
    }

    overview() {
        return this.ask("/api/v1/overview");
    }

    async end(name) {
        const child = this.children.get(name);
        if (!child || child.exitCode !== null) return;
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), 10000);
        await ended;
        clearTimeout(timer);
        this.children.delete(name);
    }

    async stop() {
        for (const name of ["miner", "node", ...this.children.keys()]) await this.end(name);
        rmSync(this.folder, { recursive: true, force: true });
    }
}
