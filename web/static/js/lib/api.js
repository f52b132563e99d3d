// Asks the node. Paths are relative to the page, so that a proxy may put the node below a path of its own.

const kTimeoutMilliseconds = 15000;
const root = new URL("../api/v1/", document.baseURI);

export class ApiError extends Error {
    constructor(status, text) {
        super(text);
        this.status = status;
    }
}

export const apiUrl = (path) => new URL(path, root).href;

/** The JSON at a path of /api/v1. Throws ApiError; its status is 0 when the node cannot be reached. */
export async function ask(path) {
    let response;
    try {
        response = await fetch(apiUrl(path), { signal: AbortSignal.timeout(kTimeoutMilliseconds), headers: { Accept: "application/json" } });
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
