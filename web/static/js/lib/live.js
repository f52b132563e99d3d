// What the node is like now: the overview, kept fresh by events. Where events do not come, by asking again and again,
// and `link` says so: "connecting", "live", "polling" or "lost".
import { apiUrl, ask } from "./api.js";

const kCalmSeconds = 10;
const kPollingSeconds = 5;
const kLostSeconds = 3;
const kHiddenSeconds = 60;
const kRetryStreamSeconds = 20;
/** The node says "alive" when there is no news for 15 seconds: a stream that is silent for longer is dead. */
const kDeadStreamSeconds = 40;
const kLookSeconds = 5;
const kMostShares = 200;

export const live = {
    link: "connecting",
    overview: null,
    error: null, // why the overview could not be had
    shares: [], // share events, newest last
    block: null, // the last block found while this page was open
    offset: 0, // of the node's clock
};

const listeners = new Set();
let stream = null;
let heardAt = null; // when the stream said something last, or was opened; milliseconds
let isHeard = false; // the stream has said something
let timer = null;
let asking = null;
let retry = null;

/** Calls `listener(event name or null)` after each change. */
export function listen(listener) {
    listeners.add(listener);
}

const tell = (event) => listeners.forEach((listener) => listener(event));

/** The node's clock, unix seconds. */
export const now = () => Date.now() / 1000 + live.offset;

const pause = () => (live.link === "live" ? kCalmSeconds : live.link === "lost" ? kLostSeconds : kPollingSeconds);

function planNext(seconds) {
    clearTimeout(timer);
    timer = setTimeout(refresh, seconds * 1000);
}

/** Asks for the overview now. */
export function refresh() {
    asking ??= ask("overview").then((overview) => {
        live.overview = overview;
        live.offset = overview.time - Date.now() / 1000;
        live.error = null;
        live.receivedAt = now();
        if (live.link === "lost") live.link = "polling";
        if (stream?.readyState === EventSource.OPEN && isHeard) live.link = "live";
        else if (live.link === "connecting" && !stream) live.link = "polling";
    }).catch((error) => {
        live.error = error;
        if (error.status === 0) live.link = "lost";
    }).finally(() => {
        asking = null;
        planNext(document.hidden ? kHiddenSeconds : pause());
        tell(null);
    });
    return asking;
}

function takeStatus(status) {
    const overview = live.overview;
    if (!overview) return;
    overview.time = status.time;
    live.offset = status.time - Date.now() / 1000;
    live.receivedAt = now();
    overview.state = { sync: overview.state.sync, ...status.state };
    overview.pool.hashes_per_second = status.pool_hashes_per_second;
    overview.dashd.template_age_seconds = status.template_age_seconds;
    overview.dashd.height = status.height;
    overview.miners.connections = status.connections;
    overview.miners.workers = status.workers ?? overview.miners.workers;
    overview.luck.round_progress = status.round_progress ?? overview.luck.round_progress;
    overview.payout_now_duffs = status.payout_now_duffs ?? overview.payout_now_duffs;
    if (overview.miners.hash_rates.m15 !== null) overview.miners.hash_rates.m15 = status.hashes_per_second;
}

const kTakers = {
    status: takeStatus,
    share: (share) => {
        live.shares.push(share);
        if (live.shares.length > kMostShares) live.shares.shift();
    },
    block: (block) => {
        const isNews = !live.overview?.last_blocks.some((known) => known.hash === block.hash);
        if (isNews || live.block?.hash === block.hash) live.block = block;
        planNext(0.3);
    },
    alert: () => planNext(0.3),
    peers: () => planNext(1),
    phase: () => {},
    alive: () => {},
};

function hear() {
    heardAt = Date.now();
    isHeard = true;
    live.link = "live";
}

/** A line that was cut without a word, or a proxy that keeps everything to itself. */
function lookAfterStream() {
    if (!stream || Date.now() - heardAt < kDeadStreamSeconds * 1000) return;
    if (live.link === "live" || live.link === "connecting") live.link = "polling";
    openStream();
    planNext(0.5);
    tell(null);
}

function openStream() {
    clearTimeout(retry);
    stream?.close();
    stream = new EventSource(apiUrl("events"));
    heardAt = Date.now();
    isHeard = false;
    stream.onerror = () => {
        if (live.link === "live" || live.link === "connecting") live.link = "polling";
        if (stream.readyState === EventSource.CLOSED) retry = setTimeout(openStream, kRetryStreamSeconds * 1000);
        planNext(0.5);
        tell(null);
    };
    for (const [name, take] of Object.entries(kTakers)) {
        stream.addEventListener(name, (event) => {
            hear();
            take(JSON.parse(event.data));
            tell(name);
        });
    }
}

// A page in the background needs no stream; it would only hold a connection.
let hiding = null;
function seen() {
    clearTimeout(hiding);
    if (document.hidden) {
        hiding = setTimeout(() => {
            clearTimeout(retry);
            stream?.close();
            stream = null;
        }, kHiddenSeconds * 1000);
    } else {
        if (!stream) openStream();
        refresh();
    }
}

export function start() {
    document.addEventListener("visibilitychange", seen);
    setInterval(lookAfterStream, kLookSeconds * 1000);
    openStream();
    return refresh();
}
