#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// The node's log: lines "2026-01-31 12:00:00.123456 text" on the console and in the log file; errors and warnings go
/// to stderr and are marked "> " in the file, as the python node did. Control characters in a text are written as \xNN:
/// what a stranger calls himself cannot forge a line or steer a terminal. Thread-safe.
namespace dash::log {

enum class Level { kDebug, kInfo, kWarning, kError };

struct Settings {
    bool console = true;  ///< false: only the file gets lines (--no-console)
    bool debug = false;   ///< true: kDebug lines are kept (--debug)
    /// A thread of the log's own writes the lines, moments later: a console or disk that takes nothing holds nobody up.
    bool own_thread = false;
    std::filesystem::path file;  ///< empty: no file
    /// How often the file is opened anew, in case a log rotation moved it away.
    std::chrono::seconds file_reopen_interval{5};
    /// A longer file is cut to its last hundredth when it is opened anew.
    std::uintmax_t file_limit_bytes = 100'000'000;
};

/// Call once before the threads start. Throws ConfigError when the file cannot be opened.
void configure(const Settings& settings);

/// Opens the file anew at once (SIGUSR1). When that fails an error line says so and the old file goes on.
void reopen();

/// Writes out what is buffered; with a thread of its own, waits a moment for that.
void flush();

[[nodiscard]] bool enabled(Level level);
void write(Level level, std::string_view text);

struct Line {
    Level level = Level::kInfo;
    std::string text;
};
/// In one piece: where the log has its own thread no other line comes between these.
void write(std::vector<Line> lines);
void write_info(const std::vector<std::string>& texts);

namespace detail {
template <typename... Parts>
void join(Level level, const Parts&... parts) {
    if (!enabled(level)) return;
    std::ostringstream line;
    (line << ... << parts);
    write(level, line.str());
}
}  // namespace detail

/// Each joins its arguments with operator<<: log::info("Listening for workers on port ", port).
template <typename... Parts>
void debug(const Parts&... parts) {
    detail::join(Level::kDebug, parts...);
}
template <typename... Parts>
void info(const Parts&... parts) {
    detail::join(Level::kInfo, parts...);
}
template <typename... Parts>
void warning(const Parts&... parts) {
    detail::join(Level::kWarning, parts...);
}
template <typename... Parts>
void error(const Parts&... parts) {
    detail::join(Level::kError, parts...);
}

}  // namespace dash::log
