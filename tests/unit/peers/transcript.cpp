#include "tests/unit/peers/transcript.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dash/util/environment.h"
#include "share_chain/codec.h"

namespace tests {
namespace {

using nlohmann::json;

std::ifstream open(const std::string& name) {
    const std::filesystem::path path = transcript_dir() / name;
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot open " + path.string());
    return file;
}

TranscriptRecord parse(const json& line) {
    TranscriptRecord record;
    const auto event = line.at("ev").get<std::string>();
    record.event = event == "open"    ? TranscriptRecord::Event::kOpen
                   : event == "close" ? TranscriptRecord::Event::kClose
                                      : TranscriptRecord::Event::kData;
    record.connection = line.at("conn").get<int>();
    record.from_client = line.value("dir", "c2s") == "c2s";
    record.time = line.at("t").get<double>();
    if (line.contains("hex")) record.bytes = dash::from_hex(line["hex"].get<std::string>());
    return record;
}

}  // namespace

std::filesystem::path transcript_dir() {
    return dash::environment("P2POOL_TRANSCRIPTS").value_or(P2POOL_TRANSCRIPT_DIR);
}

std::vector<TranscriptRecord> load_transcript(const std::string& name) {
    std::ifstream file = open(name);
    std::vector<TranscriptRecord> records;
    for (std::string line; std::getline(file, line);)
        records.push_back(parse(json::parse(line)));
    return records;
}

std::vector<share_chain::SharePtr> load_share_file(const std::string& name, const share_chain::Network& network) {
    std::ifstream file = open(name);
    std::vector<share_chain::SharePtr> shares;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("5 ", 0) != 0) continue;
        const dash::Bytes bytes = dash::from_hex(line.substr(2));
        shares.push_back(share_chain::load_share(share_chain::parse_typed_contents(bytes), network));
    }
    return shares;
}

}  // namespace tests
