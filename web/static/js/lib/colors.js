// Colours are CSS variables; canvases read them here. What is read is kept until the theme changes.

let values = new Map();
addEventListener("themechange", () => (values = new Map()));

export function color(name) {
    if (!values.has(name)) values.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
    return values.get(name);
}

export const kSeriesColors = 8;
/** One of the colours for things without a meaning of their own. */
export const seriesColor = (index) => color(`series-${index % kSeriesColors}`);

/** The same text gets the same colour on every page. */
export function colorIndex(text) {
    let sum = 0;
    for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
    return sum % kSeriesColors;
}
