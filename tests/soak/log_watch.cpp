#include "tests/soak/log_watch.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace soak {
namespace {

struct Expected {
    const char* text;
    const char* because;
};

/// Everything else above "info" is a violation.
constexpr std::array kExpected = {
    Expected{"No block template from dashd: ", "dashd is taken away, and made slow and confused"},
    Expected{"    dashd ", "a node that starts meanwhile waits for it"},
    Expected{"    cannot connect to dashd", "likewise"},
    Expected{"    ...taking a while. Common reasons", "likewise, of the P2P link"},
    Expected{"Warning: LOST CONTACT WITH DASHD", "likewise"},
    Expected{"########################################", "the frame of a warning"},
    Expected{"Local dashd P2P: [!] ", "a block was found while dashd was away"},
    Expected{"RPC: [!] submitblock of Block", "likewise"},
    Expected{"[!] ORPHANED", "reorganisations, and races between the nodes"},
    Expected{"*** WARNING: submitblock returned error: inconclusive", "a race lost while the block was on its way"},
    Expected{"    another block may have been first at this height", "likewise"},
    Expected{"[!] not on dashd's chain any more, submitting again", "reorganisations"},
    Expected{"Alert: dashd has given no template", "dashd is taken away"},
    Expected{"Alert: no p2pool node is connected", "nodes are killed"},
    Expected{"Alert: the broadcaster has", "there is no Dash network but dashd"},
    Expected{"Alert: block ", "reorganisations"},
    Expected{" % of the work comes too late",
             "the machine is shared by all nodes and miners, and shares come fast at first"},
    Expected{"The node runs as root", "where the soak does"},
    Expected{"Multi-peer broadcast: [!] no peer reached", "there is no Dash network but dashd"},
    Expected{"Broadcaster: dashd does not tell its peers", "dashd is taken away"},
    Expected{"BANNED IP 127.", "miners who send junk"},
    Expected{" misbehaving, will drop and ban. Reason: ", "hostile peers"},
    Expected{"Bad peer banned: ('127.", "hostile peers"},
    Expected{" was refused: ", "hostile peers' shares"},
};

}  // namespace

LogLine parse_log_line(const std::string& line) {
    const nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
    if (!parsed.is_object() || !parsed.contains("level") || !parsed.contains("text")) return {"alien", line};
    return {parsed["level"].get<std::string>(), parsed["text"].get<std::string>()};
}

bool is_expected(const LogLine& line) {
    if (line.level == "info" || line.level == "debug") return true;
    if (line.level == "alien") return false;
    return std::any_of(kExpected.begin(), kExpected.end(), [&line](const Expected& expected) {
        return line.text.find(expected.text) != std::string::npos;
    });
}

std::vector<LogLine> LogTail::take() {
    std::ifstream stream(file_, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset_));
    std::ostringstream more;
    more << stream.rdbuf();
    offset_ += more.str().size();
    rest_ += more.str();
    std::vector<LogLine> lines;
    std::size_t begin = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
        lines.push_back(parse_log_line(rest_.substr(begin, end - begin)));
        begin = end + 1;
    }
    rest_.erase(0, begin);
    return lines;
}

}  // namespace soak
