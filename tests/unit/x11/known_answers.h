#pragma once

#include <cstddef>
#include <span>
#include <string_view>

/// The known answers of the SHA-3 competition: each candidate's package holds ShortMsgKAT_512.txt, with the digests of
/// one common list of messages.
namespace tests {

struct KnownAnswer {
    std::size_t message_bytes;  ///< which message of the common list: the one of this length
    std::string_view digest;    ///< lower-case hex
};

/// Checks every implementation of the function (named as in dash::x11::FunctionSet) that this processor can run.
void check_known_answers(std::string_view function, std::span<const KnownAnswer> answers);

}  // namespace tests
