#include "p2pool/stratum/getwork_data.h"

#include <algorithm>

#include "dash/primitives/bytes.h"
#include "dash/primitives/sha256.h"
#include "dash/util/error.h"

namespace p2pool::stratum {
namespace {

/// The rest of the second SHA-256 block: the end mark, zeros, and the length of 640 bits.
constexpr std::size_t kPaddedBytes = 2 * dash::Sha256::kBlockBytes;
constexpr std::string_view kHash1 =
    "000000000000000000000000000000000000000000000000000000000000000000000080000000000000000000000000000000000000000000"
    "00000000010000";

template <typename Range>
void reverse_words(Range& bytes) {
    for (auto word = bytes.begin(); word != bytes.end(); word += 4)
        std::reverse(word, word + 4);
}

dash::Bytes padded(const dash::BlockHeader& header) {
    const auto serialized = header.serialize();
    dash::Bytes data(serialized.begin(), serialized.end());
    data.push_back(0x80);
    data.resize(kPaddedBytes, 0);
    data[kPaddedBytes - 2] = 0x02;
    data[kPaddedBytes - 1] = 0x80;
    return data;
}

}  // namespace

nlohmann::json getwork_result(const dash::BlockHeader& header, const dash::Uint256& target) {
    dash::Bytes data = padded(header);
    auto midstate =
        dash::state_to_bytes(dash::Sha256().update(dash::ByteSpan(data).first(dash::Sha256::kBlockBytes)).state());
    reverse_words(data);
    reverse_words(midstate);
    return {{"data", dash::to_hex(data)},
            {"hash1", kHash1},
            {"midstate", dash::to_hex(midstate)},
            {"target", dash::to_hex(target.to_bytes())}};
}

dash::BlockHeader decode_getwork_data(std::string_view hex) {
    constexpr std::size_t kHeaderDigits = 2 * dash::BlockHeader::kBytes;
    if (hex.size() < kHeaderDigits) throw dash::DecodeError("getwork data is shorter than a header");
    dash::Bytes header = dash::from_hex(hex.substr(0, kHeaderDigits));
    reverse_words(header);
    return dash::parse_header(header);
}

}  // namespace p2pool::stratum
