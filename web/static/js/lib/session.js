// A miner who has shown that an address is his. The token lives as long as the browser's tab.

const kName = "p2pool-session";
let current = null;
try {
    current = JSON.parse(sessionStorage.getItem(kName));
} catch {
    // Without storage the session ends with the page.
}

/** { address, token, expires_at }, or null. */
export function session() {
    if (current && current.expires_at < Date.now() / 1000) setSession(null);
    return current;
}

export function setSession(next) {
    current = next;
    try {
        if (next) sessionStorage.setItem(kName, JSON.stringify(next));
        else sessionStorage.removeItem(kName);
    } catch {
        // as above
    }
}
