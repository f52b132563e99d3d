// Line pictures, 24 by 24.
import { svg } from "../lib/dom.js";

const kPaths = {
    overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-4H4zM14 8h6V4h-6z",
    miners: "M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
    block: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
    payouts: "M4 7h16v12H4zM4 11h16M16 15h1M6 7l9-4 2 4",
    shares: "M9 8.5l-1.5-1.5a3.5 3.5 0 0 0-5 5L5 14.500a3.5 3.5 0 0 0 5 0M15 15.500l1.500 1.500a3.500 3.500 0 0 0 5-5L19 9.500a3.500 3.500 0 0 0-5 0M8.500 12h7",
    graphs: "M4 4v16h16M7 15l4-5 3 3 5-7",
    stratum: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4",
    peers: "M12 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6M5 21a3 3 0 1 0 0-6 3 3 0 0 0 0 6M19 21a3 3 0 1 0 0-6 3 3 0 0 0 0 6M10.500 8.500L6.500 15.500M13.500 8.500l4 7M8 18h8",
    broadcaster: "M12 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3M12 13v8M8 15.500a5.500 5.500 0 0 1 0-8M16 7.500a5.500 5.500 0 0 1 0 8M5 18.500a10 10 0 0 1 0-14M19 4.500a10 10 0 0 1 0 14",
    connect: "M9 3v5M15 3v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3",
    check: "M4 12.500l5 5L20 6.500",
    info: "M12 11v6M12 7v.5M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18",
    warning: "M12 4L2.500 20h19zM12 10v4M12 17v.5",
    error: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 7.500v5M12 16v.5",
    copy: "M9 9h11v11H9zM5 15H4V4h11v1",
    outside: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
    sun: "M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5",
    moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z",
    more: "M4 7h16M4 12h16M4 17h16",
};

export function icon(name) {
    return svg("svg", { class: `icon icon-${name}`, viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: kPaths[name] }));
}
