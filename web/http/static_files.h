#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "web/http/message.h"

namespace web {

/// Serves the files of one folder and nothing outside of it, whatever a path says and wherever a link in it leads.
/// Hidden files (".x") are not served.
class StaticFiles {
  public:
    /// `own`: the project's own pages, which get a strict content policy; an operator's pages may load what they like.
    StaticFiles(std::filesystem::path folder, bool own);

    /// `segments` below the folder; empty, or an empty last one: the folder's index.html.
    [[nodiscard]] Response serve(std::span<const std::string> segments) const;

  private:
    [[nodiscard]] std::filesystem::path find(std::span<const std::string> segments) const;

    std::filesystem::path folder_;
    bool own_;
};

}  // namespace web
