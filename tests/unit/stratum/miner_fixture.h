#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "p2pool/stratum/miner_context.h"
#include "p2pool/stratum/miner_session.h"
#include "share_chain/network.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/stratum/fake_work.h"

namespace tests {

// Stratum's error codes.
inline constexpr int kOther = 20;
inline constexpr int kUnauthorized = 24;

/// 0: no error.
[[nodiscard]] inline int code_of(const nlohmann::json& answer) {
    return answer["error"].is_null() ? 0 : answer["error"][0].get<int>();
}

/// A node with a fake work source, and one miner without a socket.
struct MinerFixture {
    explicit MinerFixture(const char* network_name = "dash_regtest", p2pool::stratum::AdmissionSettings admission = {})
        : network(*share_chain::find_network(network_name)),
          context{work,
                  clock,
                  network,
                  10,
                  p2pool::stratum::DifficultyPolicy(network),
                  p2pool::stratum::Admission(std::move(admission), kPlaces, clock),
                  p2pool::stratum::SubmitLimit({}),
                  p2pool::stratum::PoolStatistics(clock),
                  p2pool::stratum::ExtranoncePool(0x04030201),
                  {},
                  {}} {
        reconnect();
    }

    void reconnect() {
        miner.reset();
        miner.emplace(context, "203.0.113.7");
    }

    /// What the node says to one line; sets `open` when it wants to close.
    std::vector<nlohmann::json> say(std::string_view line) {
        std::string out;
        open = miner->handle_line(line, out);
        return parse(out);
    }
    std::vector<nlohmann::json> call(const std::string& method, nlohmann::json params) {
        return say(nlohmann::json{{"id", 7}, {"method", method}, {"params", std::move(params)}}.dump());
    }
    /// The answer alone.
    nlohmann::json ask(const std::string& method, nlohmann::json params) {
        for (nlohmann::json& message : call(method, std::move(params))) {
            if (!message["id"].is_null()) return std::move(message);
        }
        return nullptr;
    }
    /// New work as the server would bring it; empty when there is nothing to send.
    std::vector<nlohmann::json> push(bool clean) { return parse(text_of(miner->next_work(clean))); }
    std::vector<nlohmann::json> tick() { return parse(text_of(miner->tick())); }

    /// Subscribes and authorizes; returns the first job.
    nlohmann::json start(const std::string& user_name = kUser) {
        subscription = ask("mining.subscribe", {"test/1"})["result"];
        return find(call("mining.authorize", {user_name, "x"}), "mining.notify");
    }
    nlohmann::json submit(const std::string& job_id, std::uint32_t nonce, const std::string& user_name = kUser) {
        return ask("mining.submit",
                   {user_name, job_id, "00000001", p2pool::stratum::hex32(time()), p2pool::stratum::hex32(nonce)});
    }
    [[nodiscard]] std::uint32_t time() const { return static_cast<std::uint32_t>(clock.unix_seconds()); }

    static nlohmann::json find(const std::vector<nlohmann::json>& messages, std::string_view method) {
        for (const nlohmann::json& message : messages) {
            if (message.value("method", "") == method) return message["params"];
        }
        return nullptr;
    }
    static std::vector<nlohmann::json> parse(const std::string& text) {
        std::vector<nlohmann::json> messages;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            messages.push_back(nlohmann::json::parse(line));
        return messages;
    }
    static std::string text_of(const std::optional<p2pool::stratum::WorkPush>& push) {
        std::string text;
        if (!push) return text;
        for (const std::string_view piece : push->pieces())
            text.append(piece);
        return text;
    }

    static constexpr const char* kUser = "yaoDV9ZMtoeCRhc6irx4P5G13QUC8nuwEu";
    static constexpr const char* kOtherUser = "yav1NDbaocjRuckmvbGM9JEAUucjYhyAhF";

    ManualClock clock;
    FakeWork work{clock};
    const share_chain::Network& network;
    static constexpr std::size_t kPlaces = 1000;

    p2pool::stratum::MinerContext context;
    std::optional<p2pool::stratum::MinerSession> miner;
    nlohmann::json subscription;
    bool open = true;
};

}  // namespace tests
