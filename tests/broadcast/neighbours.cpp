#include "tests/broadcast/neighbours.h"

#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace broadcast {
namespace {

using nlohmann::json;
using std::chrono::seconds;

/// What a copy must not share with the original.
constexpr const char* kOwnFiles[] = {".lock",         "peers.dat", "anchors.dat", "banlist.json",
                                     "settings.json", "wallets",   "tests",       "debug.log"};

void copy_chain(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::create_directories(to);
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
    for (const char* name : kOwnFiles)
        std::filesystem::remove_all(to / "regtest" / name);
}

}  // namespace

Neighbour::Neighbour(std::string program, std::string address, std::filesystem::path folder)
    : program_(std::move(program)),
      address_(std::move(address)),
      folder_(std::move(folder)),
      rpc_(tests::free_ports(1).front(), "tester", "secret") {}

void Neighbour::start() {
    process_ = std::make_unique<tests::ChildProcess>(
        std::vector<std::string>{program_,
                                 "-regtest",
                                 "-datadir=" + folder_.string(),
                                 "-server=1",
                                 "-listen=1",
                                 "-connect=0",
                                 "-bind=" + address_ + ":" + std::to_string(kRegtestPort),
                                 "-listenonion=0",
                                 "-rpcbind=127.0.0.1",
                                 "-rpcallowip=127.0.0.1",
                                 "-rpcport=" + std::to_string(rpc_.port()),
                                 "-rpcuser=" + rpc_.user(),
                                 "-rpcpassword=" + rpc_.password(),
                                 "-dnsseed=0",
                                 "-fixedseeds=0",
                                 "-discover=0",
                                 "-disablewallet=1",
                                 "-par=1",
                                 "-dbcache=8",
                                 "-printtoconsole=0",
                                 "-dip3params=150:160",
                                 "-testactivationheight=dip0008@200",
                                 "-testactivationheight=v20@250",
                                 "-testactivationheight=mn_rr@350",
                                 "-budgetparams=120:120:1000"},
        folder_ / "output.log");
}

void Neighbour::wait_until_up() const {
    const bool up = tests::wait_until(
        [this] {
            try {
                static_cast<void>(tip());
                return true;
            } catch (const std::runtime_error&) {
                return false;
            }
        },
        seconds(60));
    if (!up) throw std::runtime_error("a neighbour does not answer:\n" + process_->output());
}

void Neighbour::stop() {
    process_->stop(seconds(60));
}

void Neighbour::kill() {
    process_->kill();
}

std::vector<std::unique_ptr<Neighbour>> start_neighbours(const std::string& program, const std::filesystem::path& chain,
                                                         const std::filesystem::path& folder, std::size_t count) {
    std::vector<std::unique_ptr<Neighbour>> neighbours;
    for (std::size_t i = 0; i < count; ++i) {
        const std::filesystem::path own = folder / ("neighbour" + std::to_string(i));
        copy_chain(chain, own);
        neighbours.push_back(std::make_unique<Neighbour>(program, "127.0.0." + std::to_string(11 + i), own));
        neighbours.back()->start();
    }
    for (const auto& neighbour : neighbours)
        neighbour->wait_until_up();
    return neighbours;
}

void write_peer_file(const std::filesystem::path& file, const std::vector<std::unique_ptr<Neighbour>>& neighbours,
                     const std::string& local_dashd) {
    const auto now = static_cast<double>(std::time(nullptr));
    json peers = json::object();
    for (const auto& neighbour : neighbours) {
        peers[neighbour->address() + ":" + std::to_string(kRegtestPort)] = {
            {"score", 100},       {"first_seen", now},          {"last_seen", now},      {"source", "p2p"},
            {"protected", false}, {"successful_broadcasts", 0}, {"failed_broadcasts", 0}};
    }
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << json{
        {"version", "1.0"},
        {"last_updated", now},
        {"bootstrapped", true},
        {"local_dashd", local_dashd},
        {"peers", peers}}.dump(2);
}

}  // namespace broadcast
