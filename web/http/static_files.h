#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "web/http/page.h"

namespace web {

/// Serves the files of one folder and nothing outside of it, whatever a path says and wherever a link in it leads.
/// Hidden files (".x") are not served. What was served is kept, compressed, until the file is another. Web thread.
class StaticFiles {
  public:
    /// `own`: the project's own pages, which get a strict content policy; an operator's pages may load what they like.
    StaticFiles(std::filesystem::path folder, bool own);

    /// `segments` below the folder; empty, or an empty last one: the folder's index.html.
    [[nodiscard]] std::shared_ptr<Page> serve(std::span<const std::string> segments);

  private:
    static constexpr std::size_t kMaxKeptBytes = 16U << 20;

    [[nodiscard]] std::filesystem::path find(std::span<const std::string> segments) const;
    void keep(const std::filesystem::path& file, const std::shared_ptr<Page>& page);

    std::filesystem::path folder_;
    bool own_;
    std::map<std::filesystem::path, std::shared_ptr<Page>> kept_;
    std::size_t kept_bytes_ = 0;
};

}  // namespace web
