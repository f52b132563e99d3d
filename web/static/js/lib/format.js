// Numbers as people read them. Everything gives null for what is not known; what to show then is the caller's matter.

const kNarrowSpace = "\u202f";
const kDash = 1e8;
const kUnits = ["", "k", "M", "G", "T", "P", "E"];

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/** Three digits that matter: 1.84, 19.0, 312. */
function threeDigits(value) {
    const size = Math.abs(value);
    if (size >= 99.95) return value.toFixed(0);
    if (size >= 9.995) return value.toFixed(1);
    return value.toFixed(2);
}

function scaled(value, base, units) {
    let unit = 0;
    while (Math.abs(value) >= base * 0.9995 && unit + 1 < units.length) {
        value /= base;
        ++unit;
    }
    return [value, units[unit]];
}

export function hashRate(value) {
    if (!isNumber(value)) return null;
    if (value === 0) return "0 H/s";
    const [number, unit] = scaled(value, 1000, kUnits);
    return `${threeDigits(number)} ${unit}H/s`;
}

export function difficulty(value) {
    if (!isNumber(value)) return null;
    if (value === 0) return "0";
    if (value < 0.01) return value.toPrecision(2);
    const [number, unit] = scaled(value, 1000, kUnits);
    return `${threeDigits(number)}${unit && " " + unit}`;
}

export function bytes(value) {
    if (!isNumber(value)) return null;
    const [number, unit] = scaled(value, 1000, ["B", "kB", "MB", "GB", "TB"]);
    return `${unit === "B" ? number.toFixed(0) : threeDigits(number)} ${unit}`;
}

export function integer(value) {
    if (!isNumber(value)) return null;
    return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, kNarrowSpace);
}

/** A proportion, 0 to 1. */
export function percent(value) {
    if (!isNumber(value)) return null;
    const hundred = 100 * value;
    return `${hundred >= 99.95 ? hundred.toFixed(0) : hundred.toFixed(1)} %`;
}

/** Something that is in percent already; luck may be far above a hundred. */
export function wholePercent(value) {
    return isNumber(value) ? `${integer(value)} %` : null;
}

export function coins(duffs, digits = 4) {
    return isNumber(duffs) ? (duffs / kDash).toFixed(digits) : null;
}

/** "2 d 4 h", "3 min 5 s": the two largest units. */
export function duration(seconds) {
    if (!isNumber(seconds)) return null;
    const total = Math.max(0, Math.round(seconds));
    if (total < 60) return seconds < 9.95 && seconds > 0.05 && seconds % 1 ? `${seconds.toFixed(1)} s` : `${total} s`;
    const units = [[31557600, "y"], [86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const first = units.findIndex(([size]) => total >= size);
    const [size, name] = units[first];
    const whole = Math.floor(total / size);
    if (size === 31557600 && whole > 99) return "over a century";
    const [nextSize, nextName] = units[first + 1];
    const rest = Math.floor((total - whole * size) / nextSize);
    return rest > 0 && whole < 10 ? `${whole} ${name} ${rest} ${nextName}` : `${whole} ${name}`;
}

/** "~4 min 10 s", for what is expected. */
export function about(seconds) {
    const text = duration(seconds);
    return text === null || text.startsWith("over") ? text : `~${text}`;
}

/** One unit: "4 min". */
export function roughly(seconds) {
    const text = duration(seconds);
    return text === null || text.startsWith("over") ? text : text.split(" ").slice(0, 2).join(" ");
}

export function milliseconds(value) {
    if (!isNumber(value)) return null;
    if (value >= 10000) return duration(value / 1000);
    return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value < 10 ? Number(value.toFixed(2)) : value.toFixed(0)} ms`;
}

export function ago(time, now) {
    if (!isNumber(time) || time <= 0) return null;
    const seconds = now - time;
    if (seconds < -2) return `in ${roughly(-seconds)}`;
    if (seconds < 1) return "just now";
    return `${roughly(Math.floor(seconds))} ago`;
}

export function absolute(time) {
    return isNumber(time) ? new Date(time * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" }) : null;
}

export function shortHash(hash) {
    // Work is in the zeros at the front: the end tells hashes apart.
    return `…${hash.slice(-10)}`;
}

/** Its height, or where that is not known what tells it from others. */
export const blockName = ({ height, hash }) => integer(height) ?? shortHash(hash);

export function shortAddress(address) {
    return address.length > 14 ? `${address.slice(0, 6)}…${address.slice(-5)}` : address;
}

export function byUnit(unit) {
    return { hashes_per_second: hashRate, coins: (v) => (isNumber(v) ? `${v.toFixed(4)} Ð` : null), seconds: (v) => milliseconds(isNumber(v) ? v * 1000 : v),
        milliseconds, bytes, bytes_per_second: (v) => (isNumber(v) ? `${bytes(v)}/s` : null), percent: wholePercent,
        count: (v) => (isNumber(v) ? (v % 1 ? v.toFixed(1) : integer(v)) : null) }[unit] ?? ((v) => (isNumber(v) ? String(v) : null));
}
