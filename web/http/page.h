#pragma once

#include <string>

#include "web/http/message.h"

namespace web {

/// A response ready to be sent as often as it is asked for: with its ETag, and compressed when somebody wants it so.
/// Web thread.
class Page {
  public:
    explicit Page(Response response);

    [[nodiscard]] const Response& response() const { return response_; }
    /// Weak, because it stands for both forms of the body: W/"…".
    [[nodiscard]] const std::string& etag() const { return etag_; }
    /// The gzip form; empty when it is not worth it. Made at the first call.
    [[nodiscard]] const std::string& packed();
    /// Whether an If-None-Match header names it.
    [[nodiscard]] bool matches(std::string_view if_none_match) const;

  private:
    Response response_;
    std::string etag_;
    std::string packed_;
    bool tried_to_pack_ = false;
};

}  // namespace web
