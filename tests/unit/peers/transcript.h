#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dash/primitives/bytes.h"
#include "share_chain/network.h"
#include "share_chain/share.h"

/// Recorded sessions of python p2pool nodes.
namespace tests {

/// $P2POOL_TRANSCRIPTS when set, else tests/transcripts of the source tree.
[[nodiscard]] std::filesystem::path transcript_dir();

struct TranscriptRecord {
    enum class Event { kOpen, kData, kClose };
    Event event = Event::kData;
    int connection = 0;
    bool from_client = false;  ///< the side that connected
    double time = 0;
    dash::Bytes bytes;
};

/// Throws std::runtime_error that names the file when it cannot be read.
[[nodiscard]] std::vector<TranscriptRecord> load_transcript(const std::string& name);

/// The shares of a file of lines "5 <hex>" ("shares.N" of the python node), in its order.
[[nodiscard]] std::vector<share_chain::SharePtr> load_share_file(const std::string& name,
                                                                 const share_chain::Network& network);

}  // namespace tests
