#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

namespace p2pool::stratum {

/// Certificate and key of the TLS port, read again when a file changes. One thread.
class TlsContext {
  public:
    /// Throws ConfigError that tells what is wrong with which file.
    TlsContext(std::filesystem::path certificate, std::filesystem::path key);

    /// For new connections; those that have one keep it.
    [[nodiscard]] const std::shared_ptr<boost::asio::ssl::context>& current() const { return context_; }
    /// Reads the files again if they are others than before; when they cannot be used the old ones stay, and the log
    /// says so once.
    void look();

  private:
    [[nodiscard]] std::pair<std::filesystem::file_time_type, std::filesystem::file_time_type> times() const;

    std::filesystem::path certificate_;
    std::filesystem::path key_;
    std::pair<std::filesystem::file_time_type, std::filesystem::file_time_type> times_;
    std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace p2pool::stratum
