// The chart library is fetched by the build and served by the node; where it is missing, null.

let loading = null;

function addScript(url) {
    return new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = url;
        script.onload = script.onerror = resolve;
        document.head.append(script);
    });
}

function addStyle(url) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = url;
    document.head.append(link);
}

export function chartLibrary() {
    if (!loading) {
        addStyle("vendor/uPlot.min.css");
        loading = addScript("vendor/uPlot.iife.min.js").then(() => window.uPlot ?? null);
    }
    return loading;
}
