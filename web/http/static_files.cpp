#include "web/http/static_files.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

namespace web {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = 16U << 20;

struct Type {
    std::string_view extension;
    const char* content_type;
};
constexpr std::array kTypes = {
    Type{".html", "text/html; charset=utf-8"},
    Type{".js", "text/javascript; charset=utf-8"},
    Type{".mjs", "text/javascript; charset=utf-8"},
    Type{".css", "text/css; charset=utf-8"},
    Type{".json", "application/json"},
    Type{".map", "application/json"},
    Type{".svg", "image/svg+xml"},
    Type{".png", "image/png"},
    Type{".jpg", "image/jpeg"},
    Type{".gif", "image/gif"},
    Type{".webp", "image/webp"},
    Type{".ico", "image/x-icon"},
    Type{".woff2", "font/woff2"},
    Type{".woff", "font/woff"},
    Type{".txt", "text/plain; charset=utf-8"},
    Type{".webmanifest", "application/manifest+json"},
};

const char* content_type(const fs::path& file) {
    const std::string extension = file.extension().string();
    const auto found =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& type) { return type.extension == extension; });
    return found == kTypes.end() ? "application/octet-stream" : found->content_type;
}

bool is_below(const fs::path& file, const fs::path& folder) {
    const auto end = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
    return end.first == folder.end() && end.second != file.end();
}

bool is_plain_name(const std::string& segment) {
    return !segment.empty() && segment.front() != '.' && segment.find_first_of("\\:") == std::string::npos;
}

std::shared_ptr<Page> not_found() {
    return std::make_shared<Page>(error_response(404, "there is no such file"));
}

}  // namespace

StaticFiles::StaticFiles(fs::path folder, bool own) : folder_(std::move(folder)), own_(own) {
    std::error_code error;
    folder_ = fs::canonical(folder_, error);
}

/// Empty when there is none that may be served.
fs::path StaticFiles::find(std::span<const std::string> segments) const {
    if (folder_.empty()) return {};
    fs::path path = folder_;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (i + 1 == segments.size() && segments[i].empty()) break;
        if (!is_plain_name(segments[i])) return {};
        path /= segments[i];
    }
    std::error_code error;
    if (fs::is_directory(path, error)) path /= "index.html";
    path = fs::canonical(path, error);
    if (error || !is_below(path, folder_) || !fs::is_regular_file(path, error)) return {};
    return path;
}

std::shared_ptr<Page> StaticFiles::serve(std::span<const std::string> segments) {
    const fs::path file = find(segments);
    if (file.empty()) return not_found();
    std::error_code error;
    const std::uintmax_t size = fs::file_size(file, error);
    if (error || size > kMaxFileBytes) return not_found();
    const auto changed = fs::last_write_time(file, error).time_since_epoch().count();
    const std::string etag = std::to_string(changed) + "-" + std::to_string(size);
    const auto known = kept_.find(file);
    if (known != kept_.end() && known->second->response().etag == etag) return known->second;
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream content;
    if (!stream || (size > 0 && !(content << stream.rdbuf()))) return not_found();

    Response response;
    response.content_type = content_type(file);
    response.body = std::move(content).str();
    response.etag = etag;
    if (own_) {
        response.headers.emplace_back("Content-Security-Policy",
                                      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
                                      "form-action 'self'; frame-ancestors 'none'");
        response.headers.emplace_back("X-Frame-Options", "DENY");
    }
    auto page = std::make_shared<Page>(std::move(response));
    keep(file, page);
    return page;
}

void StaticFiles::keep(const fs::path& file, const std::shared_ptr<Page>& page) {
    std::shared_ptr<Page>& place = kept_[file];
    if (place != nullptr) kept_bytes_ -= place->response().body.size();
    place = page;
    kept_bytes_ += page->response().body.size();
    if (kept_bytes_ <= kMaxKeptBytes) return;
    kept_.clear();
    kept_bytes_ = 0;
}

}  // namespace web
