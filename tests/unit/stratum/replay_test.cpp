#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "p2pool/stratum/messages.h"
#include "tests/unit/stratum/port_fixture.h"

using nlohmann::json;
using tests::Client;
using tests::Port;

// Each line's answer follows from the rules below, which know nothing of how the node comes to it.
namespace {

constexpr int kNoAnswer = -1;
constexpr int kOk = 0;

const std::set<std::string> kMethods{"mining.subscribe",
                                     "mining.authorize",
                                     "mining.submit",
                                     "mining.configure",
                                     "mining.extranonce.subscribe",
                                     "mining.suggest_difficulty",
                                     "mining.suggest_target",
                                     "mining.get_transactions",
                                     "mining.ping"};

std::string replace_all(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

bool is_hex8(const json& value) {
    if (!value.is_string()) return false;
    const auto text = value.get<std::string>();
    return text.size() == 8 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

std::string address_of(const std::string& user) {
    return user.substr(0, user.find_first_of("._+/"));
}

/// One connection as a miner's author would describe what he expects of it.
class Expectation {
  public:
    /// The code of the answer to this line; `current_job` is the one the node sent last.
    int of(const std::string& line, const std::string& current_job, std::uint32_t now) {
        if (line.find_first_not_of(" \r") == std::string::npos) return kNoAnswer;
        const json request = json::parse(line, nullptr, false);
        if (request.is_discarded() || !request.is_object()) return 20;
        if (!request.contains("method"))
            return request.contains("result") || request.contains("error") ? kNoAnswer : 20;
        if (!request["method"].is_string()) return 20;
        const json params = request.value("params", json::array());
        if (!params.is_array() && !params.is_null()) return 20;
        const auto method = request["method"].get<std::string>();
        if (kMethods.count(method) == 0) return 20;
        return of_call(method, params, current_job, now);
    }

  private:
    int of_call(const std::string& method, const json& params, const std::string& current_job, std::uint32_t now) {
        if (method == "mining.submit") return of_submit(params, current_job, now);
        if (method == "mining.authorize") {
            if (!params[0].is_string()) return 20;
            addresses_.insert(address_of(params[0].get<std::string>()));
        }
        if (method == "mining.configure" && params[0].dump().find("version-rolling") != std::string::npos) {
            const json options = params.size() > 1 ? params[1] : json::object();
            mask_ = 0x1fffe000 & static_cast<std::uint32_t>(
                                     std::stoul(options.value("version-rolling.mask", "ffffffff"), nullptr, 16));
        }
        if (method == "mining.suggest_difficulty" && params[0] == "abc") return 20;
        if (method == "mining.suggest_target" && params[0].get<std::string>().size() != 64) return 20;
        return kOk;
    }

    int of_submit(const json& params, const std::string& current_job, std::uint32_t now) {
        if (params.size() < 5) return 20;
        if (addresses_.empty()) return 24;
        const bool known = addresses_.count(address_of(params[0].get<std::string>())) != 0;
        if (params[1] != current_job) return known ? 21 : 24;
        if (!is_hex8(params[2]) || !is_hex8(params[3]) || !is_hex8(params[4])) return 20;
        if (params.size() > 5 && !is_hex8(params[5])) return 20;
        if (!known) return 24;
        if (params.size() > 5 && (std::stoul(params[5].get<std::string>(), nullptr, 16) & ~mask_) != 0) return 20;
        const auto time = std::stoul(params[3].get<std::string>(), nullptr, 16);
        if (time + 600 < now || time > now + 7200) return 20;
        json solution = params;
        solution.erase(0);
        if (solution.size() > 4 && std::stoul(solution[4].get<std::string>(), nullptr, 16) == 0) solution.erase(4);
        return solutions_.insert(solution.dump()).second ? kOk : 22;
    }

    std::set<std::string> addresses_;
    std::set<std::string> solutions_;
    std::uint32_t mask_ = 0;
};

void replay(const json& dialogue) {
    CAPTURE(dialogue["name"].get<std::string>());
    Port port;
    port.work.set_quality(9e5);
    Client miner(port);
    Expectation expectation;
    std::string job = "00000000";
    for (const json& recorded : dialogue["lines"]) {
        const auto now = static_cast<std::uint32_t>(port.clock.unix_seconds());
        std::string line = replace_all(recorded.get<std::string>(), "@JOB", job);
        line = replace_all(line, "@TIME", p2pool::stratum::hex32(now));
        CAPTURE(line);
        const int expected = expectation.of(line, job, now);
        miner.send(line + "\n");
        // What the node says to the next line tells that it is done with this one.
        miner.send("{\"id\":\"after\",\"method\":\"mining.ping\"}\n");
        int code = kNoAnswer;
        for (json message = miner.read(); message.value("id", json()) != "after"; message = miner.read()) {
            REQUIRE(message.is_object());
            if (message.contains("method")) {
                CHECK(message["id"].is_null());
                if (message["method"] == "mining.notify") job = message["params"][0].get<std::string>();
                continue;
            }
            const json request = json::parse(line, nullptr, false);
            if (request.is_object()) CHECK(message["id"] == request.value("id", json()));
            code = message["error"].is_null() ? kOk : message["error"][0].get<int>();
            if (code != kOk) CHECK(message["error"].size() == 3);
        }
        CHECK(code == expected);
        port.clock.advance(1);
    }
}

}  // namespace

TEST_CASE("dialogues of miners go as their authors expect") {
    std::size_t dialogues = 0;
    for (const auto& entry : std::filesystem::directory_iterator(P2POOL_DIALOGUE_DIR)) {
        std::ifstream file(entry.path());
        const json content = json::parse(file);
        for (const json& dialogue : content["dialogues"]) {
            replay(dialogue);
            ++dialogues;
        }
    }
    CHECK(dialogues >= 10);
}
