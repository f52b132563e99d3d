#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "dash/primitives/bytes.h"
#include "dash/util/error.h"

/// A fuzz target: takes any bytes as one stranger's input. It returns 0; whatever it throws is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// Something that holds for every input does not for this one.
class Broken : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

inline void require(bool holds, const char* what) {
    if (!holds) throw Broken(what);
}

/// Calls `action`, which may refuse its input with an Error; tells whether it did not.
template <typename Error = dash::DecodeError, typename Action>
bool accepts(Action action) {
    try {
        action();
        return true;
    } catch (const Error&) {
        return false;
    }
}

/// What was decoded packs to bytes that are decoded to the same again: decode(encode(x)) == x, seen in the bytes, for
/// messages that need no operator==. Nothing when the input is refused. Returns the bytes, empty then.
template <typename Decode, typename Encode>
dash::Bytes repeats(dash::ByteSpan input, Decode decode, Encode encode) {
    dash::Bytes packed;
    if (!accepts([&] { packed = encode(decode(input)); })) return {};
    require(encode(decode(packed)) == packed, "what was decoded is another after it was packed");
    return packed;
}

/// The same for forms of which there is only one: the input begins with what its meaning packs to.
template <typename Decode, typename Encode>
void repeats_exactly(dash::ByteSpan input, Decode decode, Encode encode) {
    const dash::Bytes packed = repeats(input, decode, encode);
    require(packed.size() <= input.size() && std::equal(packed.begin(), packed.end(), input.begin()),
            "what was decoded packs to other bytes");
}

/// An input taken apart: first bytes that choose, then the rest.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

    /// 0 when there is none left.
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const std::uint8_t first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }
    /// As many as there are, at most `count`.
    dash::ByteSpan bytes(std::size_t count) {
        const dash::ByteSpan first = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(first.size());
        return first;
    }
    /// The text before the next line end, without it.
    std::string_view line() {
        const std::string_view all = text();
        const std::size_t end = std::min(all.find('\n'), all.size());
        rest_ = rest_.subspan(std::min(end + 1, all.size()));
        return all.substr(0, end);
    }
    [[nodiscard]] bool empty() const { return rest_.empty(); }
    [[nodiscard]] dash::ByteSpan rest() const { return rest_; }
    [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(rest_.data()), rest_.size()}; }

  private:
    dash::ByteSpan rest_;
};

}  // namespace fuzz
