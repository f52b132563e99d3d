#include "dash/util/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <vector>

#include "dash/util/error.h"

namespace dash::log {
namespace {

constexpr const char* kConsolePattern = "%Y-%m-%d %H:%M:%S.%f %v";

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

std::unique_ptr<spdlog::formatter> file_formatter() {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<ErrorMark>('*').set_pattern("%Y-%m-%d %H:%M:%S.%f %*%v");
    return formatter;
}

/// One stream of the console takes the levels of its range.
class RangeSink final : public spdlog::sinks::sink {
  public:
    RangeSink(spdlog::sink_ptr target, spdlog::level::level_enum lowest, spdlog::level::level_enum highest)
        : target_(std::move(target)), lowest_(lowest), highest_(highest) {
        target_->set_pattern(kConsolePattern);
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
    using namespace spdlog::level;
    return {std::make_shared<RangeSink>(std::make_shared<spdlog::sinks::stdout_sink_mt>(), trace, info),
            std::make_shared<RangeSink>(std::make_shared<spdlog::sinks::stderr_sink_mt>(), warn, critical)};
}

std::shared_ptr<spdlog::logger>& logger() {
    static std::shared_ptr<spdlog::logger> instance = [] {
        auto sinks = console_sinks();
        return std::make_shared<spdlog::logger>("p2pool", sinks.begin(), sinks.end());
    }();
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

}  // namespace

void configure(const Settings& settings) {
    std::vector<spdlog::sink_ptr> sinks;
    if (settings.console) sinks = console_sinks();
    if (!settings.file.empty()) {
        try {
            auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.file.string());
            file->set_formatter(file_formatter());
            sinks.push_back(std::move(file));
        } catch (const spdlog::spdlog_ex& error) {
            throw ConfigError("cannot write the log file " + settings.file.string() +
                              ": check that the folder exists and is writable, or choose another with --logfile (" +
                              error.what() + ")");
        }
    }
    logger() = std::make_shared<spdlog::logger>("p2pool", sinks.begin(), sinks.end());
    logger()->set_level(settings.debug ? spdlog::level::debug : spdlog::level::info);
    logger()->flush_on(spdlog::level::info);
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
    using namespace spdlog::level;
    return {std::make_shared<RangeSink>(std::make_shared<spdlog::sinks::stdout_sink_mt>(), trace, info),
            std::make_shared<RangeSink>(std::make_shared<spdlog::sinks::stderr_sink_mt>(), warn, critical)};
}

std::shared_ptr<spdlog::logger>& logger() {
    static std::shared_ptr<spdlog::logger> instance = [] {
        auto sinks = console_sinks();
        return std::make_shared<spdlog::logger>("p2pool", sinks.begin(), sinks.end());
    }();
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

}  // namespace

void configure(const Settings& settings) {
    std::vector<spdlog::sink_ptr> sinks;
    if (settings.console) sinks = console_sinks();
    if (!settings.file.empty()) {
        try {
            auto file = std::make_shared<spdlog::sinks::basic_file_sink_mt>(settings.file.string());
            file->set_formatter(file_formatter());
            sinks.push_back(std::move(file));
        } catch (const spdlog::spdlog_ex& error) {
            throw ConfigError("cannot write the log file " + settings.file.string() +
                              ": check that the folder exists and is writable, or choose another with --logfile (" +
                              error.what() + ")");
        }
    }
    logger() = std::make_shared<spdlog::logger>("p2pool", sinks.begin(), sinks.end());
    logger()->set_level(settings.debug ? spdlog::level::debug : spdlog::level::info);
    logger()->flush_on(spdlog::level::info);
}

void reopen() {
    if (state().file == nullptr) return;
    const std::string name = state().file->filename();
    info("Caught SIGUSR1, closing '", name, "'...");
    state().file->truncate_or_reopen();
    info("...and reopened '", name, "' after catching SIGUSR1.");
}

void flush() { logger()->flush(); }

bool enabled(Level level) { return logger()->should_log(spdlog_level(level)); }

void write(Level level, std::string_view text) {
    logger()->log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace dash::log
