// Addresses of the python node's pages lead to the same things here: graphs.html?Day, share.html#HASH, miner.html?address=X.
const file = location.pathname.split("/").pop().replace(/\.html$/, "");
const query = new URLSearchParams(location.search);
const fragment = location.hash.slice(1);
const kGraphRanges = ["hour", "day", "week", "month", "year"];

function route() {
    switch (file) {
        case "graphs": {
            const wanted = location.search.slice(1).split(/[=&]/)[0].toLowerCase();
            return `graphs/${kGraphRanges.find((range) => range === wanted || `last_${range}` === wanted) ?? "day"}`;
        }
        case "share": {
            const hash = fragment || query.get("hash") || "";
            return hash ? `share/${hash}` : "shares";
        }
        case "miner": {
            const address = query.get("address") ?? query.get("id") ?? fragment;
            return address ? `miner/${encodeURIComponent(address.split(/[._+/]/)[0])}` : "miners";
        }
        case "miners":
        case "stratum":
            return file;
        default:
            return "";
    }
}

location.replace(`./#/${route()}`);
