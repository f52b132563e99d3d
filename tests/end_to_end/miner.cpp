#include "tests/end_to_end/miner.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "dash/primitives/merkle.h"
#include "dash/primitives/sha256.h"
#include "dash/primitives/target.h"
#include "dash/x11/x11.h"

namespace end_to_end {
namespace {

std::uint32_t number(const std::string& big_endian_hex) {
    return static_cast<std::uint32_t>(std::stoul(big_endian_hex, nullptr, 16));
}

std::string hex8(std::uint32_t value) {
    std::array<char, 9> text{};
    std::snprintf(text.data(), text.size(), "%08x", value);
    return text.data();
}

/// Stratum sends the previous block as eight words, each with its bytes reversed.
dash::Uint256 from_stratum_order(const std::string& hex) {
    dash::Bytes bytes = dash::from_hex(hex);
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                     bytes.begin() + static_cast<std::ptrdiff_t>(i + 4));
    }
    return dash::Uint256::from_bytes(bytes);
}

}  // namespace

Miner::Miner(std::uint16_t port, const std::string& user, const std::string& host) : socket_(port, host), user_(user) {
    const nlohmann::json subscribed = call("mining.subscribe", {"test-miner/1.0"}).at("result");
    extranonce1_ = subscribed.at(1).get<std::string>();
    extranonce2_size_ = subscribed.at(2).get<std::size_t>();
    const nlohmann::json authorized = call("mining.authorize", {user, "x"});
    if (authorized.at("result") != true) throw std::runtime_error("not authorized: " + authorized.dump());
    if (!job_.has_value()) wait_for_job();
}

nlohmann::json Miner::read(std::chrono::milliseconds patience) {
    const auto line = socket_.read_line(patience);
    if (!line.has_value()) throw std::runtime_error("the node closed the connection");
    return nlohmann::json::parse(*line);
}

void Miner::handle(const nlohmann::json& message) {
    const std::string method = message.value("method", "");
    if (method == "mining.set_difficulty") difficulty_ = message.at("params").at(0).get<double>();
    if (method != "mining.notify") return;
    const nlohmann::json& params = message.at("params");
    NotifiedJob job;
    job.id = params.at(0).get<std::string>();
    job.previous_block = from_stratum_order(params.at(1).get<std::string>());
    job.coinb1 = dash::from_hex(params.at(2).get<std::string>());
    job.coinb2 = dash::from_hex(params.at(3).get<std::string>());
    for (const auto& hash : params.at(4))
        job.branch.push_back(dash::Uint256::from_bytes(dash::from_hex(hash.get<std::string>())));
    job.version = number(params.at(5).get<std::string>());
    job.bits = number(params.at(6).get<std::string>());
    job.time = number(params.at(7).get<std::string>());
    job.clean = params.at(8).get<bool>();
    job.target = dash::target_from_difficulty(difficulty_);
    job_ = std::move(job);
    ++jobs_seen_;
}

nlohmann::json Miner::call(const std::string& method, const nlohmann::json& params) {
    const int id = next_id_++;
    socket_.send(nlohmann::json{{"id", id}, {"method", method}, {"params", params}}.dump() + "\n");
    for (;;) {
        nlohmann::json message = read(std::chrono::seconds(10));
        if (message.contains("method")) {
            handle(message);
        } else if (message.at("id") == id) {
            return message;
        }
    }
}

void Miner::take_in(std::chrono::milliseconds patience) {
    while (socket_.wait_for_line(patience))
        handle(read(patience));
}

void Miner::wait_for_job(std::chrono::milliseconds patience) {
    const std::uint64_t seen = jobs_seen_;
    while (jobs_seen_ == seen)
        handle(read(patience));
}

void Miner::wait_for_block_after(dash::Uint256 previous, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (job_->previous_block == previous) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        handle(read(std::max(left, std::chrono::milliseconds(1))));
    }
}

Found Miner::search(const dash::Uint256& at_most, const dash::Uint256& above) {
    const NotifiedJob& job = *job_;
    dash::Writer extranonce2;
    extranonce2.u64(next_extranonce2_++);
    dash::Bytes tail = extranonce2.bytes();
    tail.resize(extranonce2_size_);
    dash::Bytes coinbase = job.coinb1;
    dash::append(coinbase, dash::from_hex(extranonce1_));
    dash::append(coinbase, tail);
    dash::append(coinbase, job.coinb2);

    Found found;
    found.job_id = job.id;
    found.extranonce2 = dash::to_hex(tail);
    found.time = hex8(job.time);
    found.coinbase = dash::parse_transaction(coinbase);
    found.header.version = job.version;
    found.header.previous_block = job.previous_block;
    found.header.merkle_root = dash::root_from_branch(dash::sha256d(coinbase), job.branch);
    found.header.timestamp = job.time;
    found.header.bits = job.bits;
    for (std::uint32_t nonce = 0; nonce < UINT32_MAX; ++nonce) {
        found.header.nonce = nonce;
        found.hash = dash::x11::hash_number(found.header.serialize());
        if (found.hash <= at_most && found.hash > above) {
            found.nonce = hex8(nonce);
            return found;
        }
    }
    throw std::runtime_error("no nonce meets the target");
}

nlohmann::json Miner::submit(const Found& found) {
    return call("mining.submit", {user_, found.job_id, found.extranonce2, found.time, found.nonce});
}

bool Miner::mine_one() {
    const nlohmann::json answer = submit(search(job_->target));
    return answer.at("result") == true;
}

}  // namespace end_to_end
