#pragma once

#include "dash/util/error.h"

namespace web {

/// What a client asked for cannot be, or is not there; the text is for him.
class BadRequest : public dash::Error {
  public:
    explicit BadRequest(const std::string& text, unsigned status = 400) : Error(text), status_(status) {}
    [[nodiscard]] unsigned status() const { return status_; }

  private:
    unsigned status_;
};

/// The client has to give the password first.
class NeedsPassword : public dash::Error {
  public:
    NeedsPassword() : Error("the password is needed") {}
};

}  // namespace web
