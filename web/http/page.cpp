#include "web/http/page.h"

#include "dash/primitives/bytes.h"
#include "dash/primitives/sha256.h"
#include "web/http/gzip.h"

namespace web {
namespace {

/// A smaller body fits a packet or two anyway.
constexpr std::size_t kSmallestToPack = 1024;

bool is_compressible(std::string_view content_type) {
    return content_type.substr(0, 5) == "text/" || content_type.find("json") != std::string_view::npos ||
           content_type.find("svg") != std::string_view::npos ||
           content_type.find("openmetrics") != std::string_view::npos;
}

}  // namespace

Page::Page(Response response) : response_(std::move(response)) {
    if (response_.events != nullptr) return;
    std::string tag = response_.etag;
    if (tag.empty()) tag = dash::to_hex(dash::sha256(dash::as_bytes(response_.body))).substr(0, 32);
    etag_ = "W/\"" + tag + "\"";
}

const std::string& Page::packed() {
    if (!std::exchange(tried_to_pack_, true) && response_.body.size() >= kSmallestToPack &&
        is_compressible(response_.content_type)) {
        packed_ = gzip(response_.body);
    }
    return packed_;
}

bool Page::matches(std::string_view if_none_match) const {
    if (etag_.empty()) return false;
    // Tags hold no quotes or commas, so that looking for the text is exact.
    return if_none_match == "*" || if_none_match.find(std::string_view(etag_).substr(2)) != std::string_view::npos;
}

}  // namespace web
