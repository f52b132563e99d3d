#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "dash/primitives/block.h"
#include "dash/primitives/merkle.h"
#include "dash/primitives/target.h"
#include "dash/x11/x11.h"
#include "tests/stratum_client/job.h"
#include "tests/stratum_client/load_client.h"
#include "tests/support/vectors.h"

using namespace stratum_client;
using namespace std::chrono_literals;
using nlohmann::json;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string hex32(std::uint32_t value) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", value);
    return text;
}

/// A real block cut into a stratum job: eight bytes of its coinbase are the extranonces.
struct CutBlock {
    static constexpr std::ptrdiff_t kCut = 60;

    CutBlock() {
        block = dash::parse_block(
            dash::from_hex(tests::read_text(tests::recording_dir() / "blocks/good_with_txs_raw.hex")));
        coinbase = block.transactions.at(0).serialize();
    }

    [[nodiscard]] dash::Bytes part(std::ptrdiff_t from, std::ptrdiff_t to) const {
        return {coinbase.begin() + from, coinbase.begin() + to};
    }
    [[nodiscard]] dash::Bytes extranonce1() const { return part(kCut, kCut + 4); }
    [[nodiscard]] std::uint64_t extranonce2() const {
        std::uint64_t value = 0;
        for (std::ptrdiff_t i = 7; i >= 4; --i)
            value = value << 8 | coinbase[static_cast<std::size_t>(kCut + i)];
        return value;
    }

    /// The params of its mining.notify; another previous block when one is given.
    [[nodiscard]] json notify(const std::string& job_id, const dash::Uint256& previous_block) const {
        std::vector<dash::Uint256> others;
        for (std::size_t i = 1; i < block.transactions.size(); ++i)
            others.push_back(block.transactions[i].txid());
        json branch = json::array();
        for (const dash::Uint256& sibling : dash::first_leaf_branch(others))
            branch.push_back(dash::to_hex(sibling.to_bytes()));
        auto previous = previous_block.to_bytes();
        for (auto word = previous.begin(); word != previous.end(); word += 4)
            std::reverse(word, word + 4);
        return json::array({job_id, dash::to_hex(previous), dash::to_hex(part(0, kCut)),
                            dash::to_hex(part(kCut + 8, static_cast<std::ptrdiff_t>(coinbase.size()))), branch,
                            hex32(block.header.version), hex32(block.header.bits), hex32(block.header.timestamp),
                            true});
    }

    dash::Block block;
    dash::Bytes coinbase;
};

constexpr std::uint32_t kHardBits = 0x1d00ffff;  // no test will meet this
constexpr double kDifficulty = 1e-9;             // but this, every fourth hash or so

/// A worker port that gives everybody the same job and answers submits as it was told.
class Pool {
  public:
    explicit Pool(json submit_answer)
        : submit_answer_(std::move(submit_answer)), acceptor_(context_, {asio::ip::tcp::v4(), 0}) {
        cut_.block.header.bits = kHardBits;
        asio::co_spawn(context_, listen(), asio::detached);
        thread_ = std::thread([this] { context_.run(); });
    }
    ~Pool() { stop(); }

    /// To be called before the records below are read.
    void stop() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void announce(const dash::Uint256& previous_block) {
        asio::post(context_, [this, previous_block] {
            for (const auto& socket : sockets_)
                asio::write(*socket, asio::buffer(job_line("next", previous_block)));
        });
    }

    /// What was submitted, and by whom, and from where.
    std::vector<json> submits;
    std::set<std::string> users;
    std::set<std::string> sources;

  private:
    using Socket = std::shared_ptr<tcp::socket>;

    asio::awaitable<void> listen() {
        for (;;) {
            const auto socket = std::make_shared<tcp::socket>(co_await acceptor_.async_accept(asio::use_awaitable));
            sockets_.push_back(socket);
            sources.insert(socket->remote_endpoint().address().to_string());
            asio::co_spawn(context_, serve(socket), asio::detached);
        }
    }

    asio::awaitable<void> serve(Socket socket) {
        try {
            std::string buffer;
            for (;;) {
                const std::size_t size =
                    co_await asio::async_read_until(*socket, asio::dynamic_buffer(buffer), '\n', asio::use_awaitable);
                const std::string answers = answer(json::parse(buffer.substr(0, size)));
                buffer.erase(0, size);
                co_await asio::async_write(*socket, asio::buffer(answers), asio::use_awaitable);
            }
        } catch (const boost::system::system_error&) {
            // The client went away.
        }
    }

    std::string answer(const json& request) {
        const std::string method = request.at("method");
        const json& params = request.at("params");
        json reply{{"id", request.at("id")}, {"error", nullptr}, {"result", true}};
        if (method == "mining.submit") {
            submits.push_back(params);
            reply.update(submit_answer_);
        }
        if (method == "mining.subscribe")
            reply["result"] = json::array({json::array(), dash::to_hex(cut_.extranonce1()), 4});
        if (method != "mining.authorize") return reply.dump() + "\n";
        users.insert(params.at(0).get<std::string>());
        const json difficulty{{"id", nullptr}, {"method", "mining.set_difficulty"}, {"params", {kDifficulty}}};
        return reply.dump() + "\n" + difficulty.dump() + "\n" + job_line("first", cut_.block.header.previous_block);
    }

    [[nodiscard]] std::string job_line(const std::string& id, const dash::Uint256& previous_block) const {
        return json{{"id", nullptr}, {"method", "mining.notify"}, {"params", cut_.notify(id, previous_block)}}.dump() +
               "\n";
    }

    CutBlock cut_;
    json submit_answer_;
    asio::io_context context_{1};
    tcp::acceptor acceptor_;
    std::vector<Socket> sockets_;
    std::thread thread_;
};

LoadSettings settings_for(const Pool& pool, LoadSettings::Mode mode, std::size_t connections) {
    LoadSettings settings;
    settings.mode = mode;
    settings.port = pool.port();
    settings.connections = connections;
    settings.users = make_addresses(3);
    return settings;
}

Statistics run_until(LoadClient& client, const std::function<bool(const Statistics&)>& enough) {
    for (int i = 0; i < 500; ++i) {
        const Statistics statistics = client.statistics();
        if (enough(statistics)) return statistics;
        std::this_thread::sleep_for(20ms);
    }
    FAIL("the client did not get there in ten seconds");
    return client.statistics();
}

}  // namespace

TEST_CASE("a job and its solution give back the block they were made of") {
    const CutBlock cut;
    Work work;
    work.job = parse_job(cut.notify("7", cut.block.header.previous_block));
    work.extranonce1 = cut.extranonce1();
    Candidate candidate(work, cut.extranonce2(), 0);
    CHECK(candidate.hash(cut.block.header.nonce) == dash::x11::hash_number(cut.block.header.serialize()));
    const Solution solution = candidate.solution(cut.block.header.nonce);
    CHECK(solution.job_id == "7");
    CHECK(solution.nonce == cut.block.header.nonce);
    CHECK(solution.extranonce2 == cut.part(CutBlock::kCut + 4, CutBlock::kCut + 8));
}

TEST_CASE("only negotiated version bits are rolled") {
    const CutBlock cut;
    Work work;
    work.job = parse_job(cut.notify("7", cut.block.header.previous_block));
    work.extranonce1 = cut.extranonce1();
    work.version_mask = 0x1fffe000;
    CHECK(Candidate(work, 0, 0xffffffff).solution(0).version_bits == 0x1fffe000);
    work.version_mask = 0;
    Candidate candidate(work, cut.extranonce2(), 0xffffffff);
    CHECK(candidate.solution(0).version_bits == 0);
    CHECK(candidate.hash(cut.block.header.nonce) == dash::x11::hash_number(cut.block.header.serialize()));
}

TEST_CASE("latencies are told by rank") {
    Latencies latencies;
    CHECK(latencies.milliseconds(0.5) == 0);
    for (int i = 100; i >= 1; --i)
        latencies.add(std::chrono::milliseconds(i));
    CHECK(latencies.milliseconds(0.5) == 50);
    CHECK(latencies.milliseconds(0.99) == 99);
    CHECK(latencies.milliseconds(1) == 100);
    CHECK(latencies.count() == 100);
}

TEST_CASE("every connection's first job on a new block is counted from the trigger") {
    Pool pool(json::object());
    LoadClient client(settings_for(pool, LoadSettings::Mode::kListen, 20));
    client.start();
    REQUIRE(client.wait_until_ready(10s));
    client.trigger();
    pool.announce(dash::Uint256(12345));
    const Statistics result = run_until(client, [](const Statistics& statistics) {
        return !statistics.new_blocks().empty() && statistics.new_blocks().back().connections == 20;
    });
    REQUIRE(result.new_blocks().size() == 1);
    CHECK(result.new_blocks()[0].previous_block == dash::Uint256(12345));
    CHECK(result.new_blocks()[0].triggered);
    CHECK(result.notifies == 40);
    CHECK(result.connected == 20);
    CHECK(result.dropped == 0);
}

TEST_CASE("connections share out the users and come from addresses of their own") {
    Pool pool(json::object());
    {
        LoadSettings settings = settings_for(pool, LoadSettings::Mode::kListen, 6);
        settings.user_suffix = "+0.5";
        LoadClient client(settings);
        client.start();
        REQUIRE(client.wait_until_ready(10s));
    }
    pool.stop();
    CHECK(pool.users.size() == 6);
    CHECK(pool.users.count(make_addresses(3)[1] + ".w4+0.5") == 1);
    CHECK(pool.sources.size() == 6);
    CHECK(pool.sources.count("127.0.1.1") == 1);
}

TEST_CASE("paced submits keep their rate and are counted by their answers") {
    Pool pool(json{{"result", nullptr}, {"error", {23, "Low difficulty share", nullptr}}});
    LoadSettings settings = settings_for(pool, LoadSettings::Mode::kSubmit, 4);
    settings.submits_per_second = 200;
    settings.junk = true;
    LoadClient client(settings);
    client.start();
    REQUIRE(client.wait_until_ready(10s));
    const auto begin = std::chrono::steady_clock::now();
    const Statistics result =
        run_until(client, [](const Statistics& statistics) { return statistics.rejected_total() >= 100; });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    CHECK(took.count() > 0.3);
    CHECK(result.rejected.at(23) == result.rejected_total());
    CHECK(result.accepted == 0);
    CHECK(result.answers.count() == result.rejected_total());
}

TEST_CASE("the miner finds solutions of the difficulty in force") {
    Pool pool(json::object());
    std::size_t accepted = 0;
    {
        LoadClient client(settings_for(pool, LoadSettings::Mode::kMine, 2));
        client.start();
        accepted = run_until(client, [](const Statistics& statistics) { return statistics.accepted >= 10; }).accepted;
    }
    pool.stop();
    CHECK(accepted >= 10);
    CutBlock cut;
    cut.block.header.bits = kHardBits;
    Work work;
    work.job = parse_job(cut.notify("first", cut.block.header.previous_block));
    work.extranonce1 = cut.extranonce1();
    std::set<std::string> distinct;
    for (const json& submit : pool.submits) {
        distinct.insert(submit.dump());
        const dash::Bytes extranonce2 = dash::from_hex(submit.at(2).get<std::string>());
        std::uint64_t value = 0;
        for (std::size_t i = extranonce2.size(); i-- > 0;)
            value = value << 8 | extranonce2[i];
        const auto nonce = static_cast<std::uint32_t>(std::stoul(submit.at(4).get<std::string>(), nullptr, 16));
        CHECK(Candidate(work, value, 0).hash(nonce) <= dash::target_from_difficulty(kDifficulty));
    }
    CHECK(distinct.size() == pool.submits.size());
}

TEST_CASE("a server that is not there, or ends the connection, is told") {
    std::uint16_t port = 0;
    {
        const Pool pool(json::object());
        port = pool.port();
    }
    LoadSettings settings;
    settings.port = port;
    LoadClient client(settings);
    client.start();
    const Statistics result = run_until(client, [](const Statistics& statistics) { return statistics.failed == 1; });
    CHECK(!result.last_error.empty());
    CHECK(result.connected == 0);
}
