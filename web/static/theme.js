// Runs before the first paint, so that no light page flashes at night. A choice is remembered; else the system decides.
(function () {
    "use strict";
    const system = matchMedia("(prefers-color-scheme: dark)");
    const chosen = () => {
        try {
            return localStorage.getItem("theme");
        } catch {
            return null;
        }
    };
    const apply = () => {
        const theme = chosen() || (system.matches ? "dark" : "light");
        document.documentElement.dataset.theme = theme;
        document.querySelector("meta[name=theme-color]")?.setAttribute("content", theme === "dark" ? "#0e1419" : "#f5f7f9");
        window.dispatchEvent(new Event("themechange"));
    };
    system.addEventListener("change", apply);
    window.toggleTheme = () => {
        const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
        try {
            localStorage.setItem("theme", next);
        } catch {
            document.documentElement.dataset.theme = next;
        }
        apply();
    };
    apply();
})();
