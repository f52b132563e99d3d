#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "dash/util/clock.h"
#include "dash/util/environment.h"
#include "dash/util/sqlite.h"
#include "tests/end_to_end/miner.h"
#include "tests/end_to_end/world.h"
#include "tests/support/random.h"
#include "tests/support/sanitizer.h"
#include "tests/support/vectors.h"

// Power failures: kill -9 at any moment, while a miner finds shares and blocks as fast as he can.

using namespace end_to_end;
namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// More of them with P2POOL_KILL_ROUNDS.
constexpr std::uint64_t kDefaultRounds = 10;
/// A chain's shares soon take so much work that hardly any are found: then another one is begun.
constexpr std::uint64_t kRoundsOfAChain = 4;
constexpr std::uint64_t kLongestRunMilliseconds = tests::kSanitizer ? 5000 : 2500;
/// One in so many dies while it stops, and with that writes all its files.
constexpr std::uint64_t kKillsOfAStop = 3;
constexpr std::uint64_t kLongestStopMilliseconds = 250;
/// What may be lost of the shares …
constexpr double kShareSeconds = 1;
/// … and how long a block may take to the spool: no disk is waited for, only the processor.
constexpr double kBlockSeconds = tests::kSanitizer ? 0.3 : 0.03;
/// One hash in 1024 is a block.
const std::vector<std::string> kBlockDifficulty = {"--bits", "20003fff"};

std::uint64_t rounds() {
    const auto text = dash::environment("P2POOL_KILL_ROUNDS");
    return text ? std::stoull(*text) : kDefaultRounds;
}

/// Mines from when the node lets it until it is stopped, whatever happens to the node.
class RestlessMiner {
  public:
    explicit RestlessMiner(std::uint16_t port) : thread_([this, port] { run(port); }) {}
    ~RestlessMiner() { stop(); }
    RestlessMiner(const RestlessMiner&) = delete;
    RestlessMiner& operator=(const RestlessMiner&) = delete;

    void stop() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
    }

  private:
    void run(std::uint16_t port) {
        while (!stopping_) {
            try {
                Miner miner(port, miner_address(1) + "+0");
                while (!stopping_)
                    miner.mine_one();
            } catch (const std::exception&) {
                std::this_thread::sleep_for(milliseconds(5));  // the node is not ready yet, or dead
            }
        }
    }

    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

struct LoggedShare {
    double time = 0;
    std::string hash;  ///< its last 8 digits, as the log tells them
    std::string previous;
};
struct LoggedBlock {
    double time = 0;
    std::string hash;
};
struct NodeLog {
    std::vector<LoggedShare> shares;
    std::vector<LoggedBlock> blocks;
};

double unix_seconds(const std::string& day, const std::string& time) {
    std::istringstream text(day + " " + time);
    std::tm local{};
    char separator = 0;
    double second = 0;
    text >> local.tm_year >> separator >> local.tm_mon >> separator >> local.tm_mday >> local.tm_hour >> separator >>
        local.tm_min >> separator >> second;
    local.tm_year -= 1900;
    local.tm_mon -= 1;
    local.tm_isdst = -1;
    return static_cast<double>(std::mktime(&local)) + second;
}

NodeLog parse_log(const std::string& text) {
    NodeLog log;
    std::istringstream lines(text);
    bool in_banner = false;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string day;
        std::string time;
        words >> day >> time;
        const std::vector<std::string> rest{std::istream_iterator<std::string>(words), {}};
        if (line.find("### DASH BLOCK FOUND! ###") != std::string::npos) in_banner = true;
        if (rest.size() >= 6 && rest[0] == "GOT" && rest[1] == "SHARE!" && rest[4] == "prev") {
            log.shares.push_back({unix_seconds(day, time), rest[3], rest[5]});
        } else if (in_banner && rest.size() == 3 && rest[0] == "Block" && rest[1] == "hash:") {
            log.blocks.push_back({unix_seconds(day, time), rest[2]});
            in_banner = false;
        }
    }
    return log;
}

/// Without a last line that was cut off by the node's end.
std::string whole_lines(const fs::path& file) {
    std::ifstream stream(file);
    std::ostringstream content;
    content << stream.rdbuf();
    std::string text = content.str();
    text.erase(text.find_last_of('\n') + 1);
    return text;
}

/// The last 8 digits of the stored shares' hashes. Reads a copy: the file and its write-ahead log are the node's to
/// repair.
std::set<std::string> stored_shares(const fs::path& datadir) {
    const tests::TemporaryFolder copy("p2pool-kill-copy");
    std::set<std::string> shares;
    for (const char* name : {"p2pool.sqlite3", "p2pool.sqlite3-wal"}) {
        const fs::path file = datadir / "dash_regtest" / name;
        if (fs::exists(file)) fs::copy_file(file, copy.path() / name);
    }
    dash::sqlite::Database database(copy.path() / "p2pool.sqlite3");
    auto check = database.prepare("PRAGMA integrity_check");
    CHECK(check.step());
    CHECK(check.text(0) == "ok");
    if (!database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'shares'").step()) return shares;
    auto select = database.prepare("SELECT substr(hash, 57) FROM shares");
    while (select.step())
        shares.insert(select.text(0));
    return shares;
}

/// Peers of both networks: whole, whenever the node died. How many of the files there are.
std::size_t check_peer_files(const fs::path& datadir) {
    std::size_t found = 0;
    for (const char* name : {"broadcast_peers.json", "addrs"}) {
        const fs::path file = datadir / "dash_regtest" / name;
        if (!fs::exists(file)) continue;
        ++found;
        CAPTURE(file.string());
        CHECK(nlohmann::json::accept(tests::read_text(file)));
    }
    return found;
}

/// One chain, and the node that is killed again and again.
class World {
  public:
    explicit World(tests::Random& random) : random_(random), daemon_(make_simnet(folder_.path(), kBlockDifficulty)) {}

    void kill_once() {
        {
            NodeProcess node = start();
            RestlessMiner miner(node.worker_port());
            std::this_thread::sleep_for(milliseconds(random_.below(kLongestRunMilliseconds)));
            if (random_.below(kKillsOfAStop) == 0) {
                node.process().send_signal(SIGTERM);
                std::this_thread::sleep_for(milliseconds(random_.below(kLongestStopMilliseconds)));
            }
            node.process().kill();
        }
        const double killed_at = dash::system_clock().unix_seconds();
        const NodeLog log = read_log();
        check_shares(log, killed_at);
        peer_files_ += check_peer_files(datadir());
        for (const LoggedBlock& block : log.blocks) {
            if (block.time < killed_at - kBlockSeconds) won_.push_back(block.hash);
        }
        shares_ += log.shares.size();
    }

    /// After the last power failure all is well.
    void finish() {
        {
            NodeProcess node = start();
            node.wait_until_ready();
            Miner miner(node.worker_port(), miner_address(1) + "+0");
            CHECK(tests::wait_until([&] { return miner.mine_one() && !read_log().shares.empty(); }, seconds(60)));
            for (const std::string& block : won_) {
                CAPTURE(block);
                CHECK(tests::wait_until([&] { return daemon_knows(block); }, seconds(20)));
            }
            CHECK(node.process().stop() == 0);
        }
        CHECK(check_peer_files(datadir()) > 0);
        const NodeLog log = read_log();
        REQUIRE(!log.shares.empty());
        check_first_share(log);
        CHECK(stored_shares(datadir()).count(log.shares.back().hash) == 1);
    }

    [[nodiscard]] std::size_t shares() const { return shares_; }
    [[nodiscard]] std::size_t won_blocks() const { return won_.size(); }
    [[nodiscard]] std::size_t peer_files() const { return peer_files_; }

  private:
    [[nodiscard]] fs::path datadir() const { return folder_.path() / "data"; }
    [[nodiscard]] fs::path run_folder() const { return folder_.path() / std::to_string(run_); }
    [[nodiscard]] NodeLog read_log() const {
        const std::string text = whole_lines(run_folder() / "node.log");
        CHECK(text.find("damaged") == std::string::npos);
        CHECK(text.find("cannot be read") == std::string::npos);
        CHECK(text.find("cannot be stored") == std::string::npos);
        return parse_log(text);
    }

    NodeProcess start() {
        ++run_;
        fs::create_directories(run_folder());
        return NodeProcess(*daemon_, run_folder(), {"--datadir", datadir().string()});
    }

    void check_shares(const NodeLog& log, double killed_at) {
        const std::set<std::string> stored = stored_shares(datadir());
        check_first_share(log);
        // Far behind the best share the node itself removes some.
        constexpr std::size_t kChecked = 100;
        std::size_t checked = 0;
        for (auto share = log.shares.rbegin(); share != log.shares.rend() && checked < kChecked; ++share) {
            if (share->time > killed_at - kShareSeconds) continue;
            CAPTURE(share->hash);
            CAPTURE(killed_at - share->time);
            CHECK(stored.count(share->hash) == 1);
            ++checked;
        }
        stored_ = stored;
    }

    /// It continues the chain that was stored.
    void check_first_share(const NodeLog& log) const {
        if (log.shares.empty() || stored_.empty()) return;
        CHECK(stored_.count(log.shares.front().previous) == 1);
    }

    [[nodiscard]] bool daemon_knows(const std::string& block) const {
        try {
            daemon_->rpc()("getblockheader", {block});
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    }

    tests::Random& random_;
    tests::TemporaryFolder folder_{"p2pool-kill"};
    std::unique_ptr<Daemon> daemon_;
    int run_ = 0;
    std::set<std::string> stored_;  // after the last run
    std::vector<std::string> won_;
    std::size_t shares_ = 0;
    std::size_t peer_files_ = 0;
};

}  // namespace

TEST_CASE("kill -9 at any moment costs at most a second of shares and never a block") {
    tests::Random random;
    INFO(random.how_to_repeat());
    std::size_t shares = 0;
    std::size_t blocks = 0;
    std::size_t peer_files = 0;
    for (std::uint64_t left = rounds(); left > 0;) {
        World world(random);
        for (std::uint64_t i = 0; i < kRoundsOfAChain && left > 0; ++i, --left)
            world.kill_once();
        world.finish();
        shares += world.shares();
        blocks += world.won_blocks();
        peer_files += world.peer_files();
    }
    MESSAGE(rounds(), " kills, ", shares, " shares, ", blocks, " blocks, ", peer_files, " files of peers");
    CHECK(shares > 0);
    CHECK(blocks > 0);
}
