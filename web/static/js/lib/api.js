// Asks the node. Paths are relative to the page, so that a proxy may put the node below a path of its own.

import { session } from "./session.js";

const kTimeoutMilliseconds = 15000;
const page = new URL(document.baseURI);
// A page that was opened with user and password in its address may not ask with them: the browser adds them by itself.
page.username = page.password = "";
const root = new URL("../api/v1/", page);

/** Where a browser asks for the node's password, and comes back from. */
export const loginUrl = new URL("../login", page).href;

export class ApiError extends Error {
    constructor(status, text) {
        super(text);
        this.status = status;
    }
}

export const apiUrl = (path) => new URL(path, root).href;

async function request(path, options) {
    const headers = { Accept: "application/json", "X-Requested-With": "p2pool-dash", ...options.headers };
    if (session()) headers["X-P2Pool-Session"] = session().token;
    let response;
    try {
        response = await fetch(apiUrl(path), { ...options, headers, signal: AbortSignal.timeout(kTimeoutMilliseconds) });
    } catch {
        throw new ApiError(0, "the node does not answer");
    }
    let answer;
    try {
        answer = await response.json();
    } catch {
        answer = {};
    }
    if (!response.ok) throw new ApiError(response.status, answer.error ?? `the node answered ${response.status}`);
    return answer;
}

/** The JSON at a path of /api/v1. Throws ApiError; its status is 0 when the node cannot be reached. */
export const ask = (path) => request(path, {});

/** Sends JSON, and gives the JSON that is answered. Throws likewise. */
export const send = (method, path, content) =>
    request(path, { method, headers: { "Content-Type": "application/json" }, body: content === undefined ? undefined : JSON.stringify(content) });
