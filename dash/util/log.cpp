#include "dash/util/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "dash/util/error.h"
#include "dash/util/log_format.h"
#include "dash/util/log_queue.h"

namespace dash::log {
namespace {

constexpr const char* kConsolePattern = "%Y-%m-%d %H:%M:%S.%f %v";
constexpr const char* kFilePattern = "%Y-%m-%d %H:%M:%S.%f %*%v";  // %* is ErrorMark

/// Inserts "> " before lines that went to stderr, which is how operators' scripts tell them apart in the file.
class ErrorMark final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        if (message.level >= spdlog::level::warn) {
            constexpr std::string_view kMark = "> ";
            out.append(kMark.data(), kMark.data() + kMark.size());
        }
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<ErrorMark>();
    }
};

Format chosen_format = Format::kText;

void append_escaped(std::string_view text, spdlog::memory_buf_t& out) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte == 0x7f) {
            const std::array<char, 6> escape{'\\', 'u', '0', '0', kDigits[byte >> 4], kDigits[byte & 15]};
            out.append(escape.data(), escape.data() + escape.size());
            continue;
        }
        if (character == '"' || character == '\\') out.push_back('\\');
        out.push_back(character);
    }
}

/// Format::kJson.
class JsonFormatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        append(R"({"time": ")", out);
        time_.format(message, out);
        append(R"(", "level": ")", out);
        append(level_name(message.level), out);
        append(R"(", "text": ")", out);
        append_escaped({message.payload.data(), message.payload.size()}, out);
        append("\"}\n", out);
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }

  private:
    static void append(std::string_view text, spdlog::memory_buf_t& out) {
        out.append(text.data(), text.data() + text.size());
    }
    static std::string_view level_name(spdlog::level::level_enum level) {
        switch (level) {
            case spdlog::level::debug:
                return "debug";
            case spdlog::level::info:
                return "info";
            case spdlog::level::warn:
                return "warning";
            default:
                return "error";
        }
    }

    spdlog::pattern_formatter time_{"%Y-%m-%dT%H:%M:%S.%fZ", spdlog::pattern_time_type::utc, ""};
};

std::unique_ptr<spdlog::formatter> formatter_of(const char* pattern) {
    if (chosen_format == Format::kJson) return std::make_unique<JsonFormatter>();
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<ErrorMark>('*').set_pattern(pattern);
    return formatter;
}

/// Appends to a file, and opens it anew now and then in case a log rotation moved it away.
class FileSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit FileSink(const Settings& settings)
        : path_(settings.file),
          limit_bytes_(settings.file_limit_bytes),
          reopen_interval_(settings.file_reopen_interval),
          file_(opened()) {
        set_formatter_(formatter_of(kFilePattern));
    }
    /// Throws ConfigError and goes on with the file it has when the new one cannot be opened.
    void reopen() {
        const std::lock_guard lock(mutex_);
        open_anew();
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        const auto age = message.time - opened_at_;
        if (age >= reopen_interval_ || age < -reopen_interval_) {
            opened_at_ = message.time;
            try {
                open_anew();
            } catch (const ConfigError&) {
                // The old file takes the lines until the next attempt.
            }
        }
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        file_.clear();  // a disk that was full may have room again
        file_.write(line.data(), static_cast<std::streamsize>(line.size()));
    }
    void flush_() override { file_.flush(); }

  private:
    [[nodiscard]] std::ofstream opened() const {
        std::ofstream file(path_, std::ios::app | std::ios::binary);
        if (!file) {
            throw ConfigError("cannot write the log file " + path_.string() +
                              ": check that its folder exists and is writable, or choose another with --logfile");
        }
        return file;
    }

    void open_anew() {
        file_ = opened();
        std::error_code failed;
        const std::uintmax_t size = std::filesystem::file_size(path_, failed);
        if (!failed && size > limit_bytes_) keep_last(limit_bytes_ / 100);
    }

    /// Cuts the file to the whole lines among its last `size` bytes.
    void keep_last(std::uintmax_t size) {
        std::ifstream reader(path_, std::ios::binary);
        reader.seekg(-static_cast<std::streamoff>(size), std::ios::end);
        std::string cut_line;
        std::getline(reader, cut_line);
        const std::string rest{std::istreambuf_iterator<char>(reader), {}};
        std::error_code failed;
        std::filesystem::resize_file(path_, 0, failed);
        if (!failed) file_.write(rest.data(), static_cast<std::streamsize>(rest.size()));
    }

    std::filesystem::path path_;
    std::uintmax_t limit_bytes_;
    std::chrono::seconds reopen_interval_;
    std::ofstream file_;
    spdlog::log_clock::time_point opened_at_ = spdlog::log_clock::now();
};

/// One stream of the console takes the levels of its range.
class RangeSink final : public spdlog::sinks::sink {
  public:
    RangeSink(spdlog::sink_ptr target, spdlog::level::level_enum lowest, spdlog::level::level_enum highest)
        : target_(std::move(target)), lowest_(lowest), highest_(highest) {
        target_->set_formatter(formatter_of(kConsolePattern));
    }
    void log(const spdlog::details::log_msg& message) override {
        if (message.level >= lowest_ && message.level <= highest_) target_->log(message);
    }
    void flush() override { target_->flush(); }
    void set_pattern(const std::string& pattern) override { target_->set_pattern(pattern); }
    void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
        target_->set_formatter(std::move(formatter));
    }

  private:
    spdlog::sink_ptr target_;
    spdlog::level::level_enum lowest_;
    spdlog::level::level_enum highest_;
};

std::vector<spdlog::sink_ptr> console_sinks() {
    namespace level = spdlog::level;
    auto out = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    auto err = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    return {std::make_shared<RangeSink>(std::move(out), level::trace, level::info),
            std::make_shared<RangeSink>(std::move(err), level::warn, level::critical)};
}

bool is_control(char character) {
    const auto byte = static_cast<unsigned char>(character);
    return byte < 0x20 || byte == 0x7f;
}

/// Control characters as \xNN.
std::string printable(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string line;
    for (const char character : text) {
        if (is_control(character)) {
            const auto byte = static_cast<unsigned char>(character);
            line.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
        } else {
            line.push_back(character);
        }
    }
    return line;
}

struct State {
    std::shared_ptr<spdlog::logger> logger;
    std::shared_ptr<FileSink> file;  // null: no file
    std::unique_ptr<Queue> queue;    // null: who logs writes
};

State make_state(bool console, std::shared_ptr<FileSink> file, bool debug) {
    std::vector<spdlog::sink_ptr> sinks;
    if (console) sinks = console_sinks();
    if (file != nullptr) sinks.push_back(file);
    auto logger = std::make_shared<spdlog::logger>("p2pool", sinks.begin(), sinks.end());
    logger->set_level(debug ? spdlog::level::debug : spdlog::level::info);
    logger->flush_on(spdlog::level::debug);
    return {std::move(logger), std::move(file), nullptr};
}

/// Logs to the console until configure() is called.
State& state() {
    static State instance = make_state(true, nullptr, false);
    return instance;
}

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::kDebug:
            return spdlog::level::debug;
        case Level::kInfo:
            return spdlog::level::info;
        case Level::kWarning:
            return spdlog::level::warn;
        case Level::kError:
            break;
    }
    return spdlog::level::err;
}

void reopen_now(spdlog::logger& logger, FileSink& file) {
    try {
        file.reopen();
    } catch (const ConfigError& exception) {
        logger.error("After SIGUSR1: " + std::string(exception.what()) + "; lines still go to the old file");
        return;
    }
    logger.info("...and reopened '" + file.path().string() + "' after catching SIGUSR1.");
}

/// What a queue's thread does with its entries.
Queue::Write writer_to(std::shared_ptr<spdlog::logger> logger, std::shared_ptr<FileSink> file) {
    return [logger = std::move(logger), file = std::move(file)](const std::deque<Queue::Entry>& entries) {
        for (const Queue::Entry& entry : entries) {
            if (entry.reopen) {
                reopen_now(*logger, *file);
            } else {
                logger->log(entry.time, {}, spdlog_level(entry.level), entry.text);
            }
        }
        logger->flush();
    };
}

/// In the log's format; one line whatever it holds.
std::string as_line(std::string_view text) {
    if (chosen_format == Format::kText && std::any_of(text.begin(), text.end(), is_control)) return printable(text);
    return std::string(text);
}

}  // namespace

void set_format(Format format) {
    chosen_format = format;
}

void configure(const Settings& settings) {
    auto file = settings.file.empty() ? nullptr : std::make_shared<FileSink>(settings);
    State fresh = make_state(settings.console, std::move(file), settings.debug);
    if (settings.own_thread) {
        fresh.logger->flush_on(spdlog::level::off);  // the queue flushes when there is nothing more
        fresh.queue = std::make_unique<Queue>(writer_to(fresh.logger, fresh.file));
    }
    state() = std::move(fresh);
}

void reopen() {
    FileSink* const file = state().file.get();
    if (file == nullptr) return;
    info("Caught SIGUSR1, closing '", file->path().string(), "'...");
    if (state().queue == nullptr) return reopen_now(*state().logger, *file);
    Queue::Entry entry;
    entry.reopen = true;
    state().queue->post({std::move(entry)});
}

void flush() {
    constexpr std::chrono::milliseconds kPatience{2000};
    if (state().queue == nullptr) return state().logger->flush();
    state().queue->wait(kPatience);
}

bool enabled(Level level) {
    return state().logger->should_log(spdlog_level(level));
}

void write(Level level, std::string_view text) {
    std::vector<Line> lines;
    lines.push_back({level, std::string(text)});
    write(std::move(lines));
}

void write(std::vector<Line> lines) {
    const auto now = std::chrono::system_clock::now();
    std::vector<Queue::Entry> entries;
    for (Line& line : lines) {
        if (enabled(line.level)) entries.push_back({line.level, now, as_line(line.text), false});
    }
    if (entries.empty()) return;
    if (state().queue != nullptr) return state().queue->post(std::move(entries));
    for (const Queue::Entry& entry : entries)
        state().logger->log(entry.time, {}, spdlog_level(entry.level), entry.text);
}

void write_info(const std::vector<std::string>& texts) {
    std::vector<Line> lines;
    for (const std::string& text : texts)
        lines.push_back({Level::kInfo, text});
    write(std::move(lines));
}

}  // namespace dash::log
