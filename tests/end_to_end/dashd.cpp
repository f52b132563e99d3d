#include <algorithm>
#include <stdexcept>

#include "dash/util/environment.h"
#include "tests/end_to_end/world.h"

namespace end_to_end {
namespace {

using nlohmann::json;

constexpr const char* kWallet = "tests";
/// Everything is active from here on: DIP 3, DIP 8, v20 and the masternode reward reallocation.
constexpr int kActiveHeight = 360;
/// Enough for an evo node's collateral of 4,000 and fees.
constexpr int kFunds = 4001;
/// After these, everything registered is in the payment queue.
constexpr int kSettlingBlocks = 2;

class Dashd final : public Daemon {
  public:
    Dashd(std::string program, std::vector<std::uint16_t> ports, const std::filesystem::path& folder)
        : Daemon(ports[0], ports[1]),
          program_(std::move(program)),
          onion_port_(ports[2]),
          folder_(folder / "dashd"),
          log_(folder / "dashd.log") {
        std::filesystem::create_directories(folder_);
    }
    ~Dashd() override {
        if (process_ != nullptr && process_->running()) process_->stop(std::chrono::seconds(30));
    }
    Dashd(const Dashd&) = delete;
    Dashd& operator=(const Dashd&) = delete;

    void start() override {
        process_ = std::make_unique<tests::ChildProcess>(arguments(), log_);
        const bool up = tests::wait_until(
            [this] {
                try {
                    rpc()("getblockcount");
                    return true;
                } catch (const std::runtime_error&) {
                    return false;
                }
            },
            std::chrono::seconds(60));
        if (!up) throw std::runtime_error("dashd does not answer:\n" + process_->output());
    }
    void stop() override { process_->stop(std::chrono::seconds(60)); }
    void mine(int blocks) override { rpc()("generatetoaddress", {blocks, address_}, kWallet); }

    /// A fresh chain with masternodes. Takes some seconds.
    void prepare() {
        rpc()("createwallet", {kWallet, false, false, "", false, true, true});
        address_ = new_address();
        mine(kActiveHeight);
        register_masternode("register_fund", 20101, "0", new_address());
        const std::string shared = register_masternode("register_fund", 20102, "10", new_address());
        name_operator(shared, 20102);
        register_masternode("register_fund", 20103, "0", script_address());
        register_masternode("register_fund_evo", 20104, "0", new_address());
        mine(kSettlingBlocks);
    }

  private:
    [[nodiscard]] std::vector<std::string> arguments() const {
        const auto port = [](std::uint16_t number) { return std::to_string(number); };
        return {program_,
                "-regtest",
                "-datadir=" + folder_.string(),
                "-server=1",
                "-listen=1",
                "-bind=127.0.0.1:" + port(p2p_port()),
                "-bind=127.0.0.1:" + port(onion_port_) + "=onion",
                "-listenonion=0",
                "-rpcbind=127.0.0.1",
                "-rpcallowip=127.0.0.1",
                "-rpcport=" + port(rpc().port()),
                "-rpcuser=" + rpc().user(),
                "-rpcpassword=" + rpc().password(),
                "-dnsseed=0",
                "-fixedseeds=0",
                "-discover=0",
                "-fallbackfee=0.0001",
                "-whitelist=127.0.0.1",
                "-rpcworkqueue=1000",  // the python node asks a hundred things at each block
                "-printtoconsole=0",
                "-dip3params=150:160",
                "-testactivationheight=dip0008@200",
                "-testactivationheight=v20@250",
                "-testactivationheight=mn_rr@350",
                "-budgetparams=120:120:1000"};
    }

    std::string new_address() { return rpc()("getnewaddress", json::array(), kWallet).get<std::string>(); }

    /// A P2SH address: one of one keys.
    std::string script_address() {
        const json info = rpc()("getaddressinfo", {new_address()}, kWallet);
        return rpc()("createmultisig", {1, json::array({info.at("pubkey")})}).at("address").get<std::string>();
    }

    /// Returns the id of the registration.
    std::string register_masternode(const std::string& method, int port, const std::string& operator_percent,
                                    const std::string& payout) {
        const std::string fund = new_address();
        rpc()("sendtoaddress", {fund, kFunds}, kWallet);
        mine(1);
        operator_key_ = rpc()("bls", {"generate"});
        const std::string owner = new_address();
        json params = {method,
                       new_address(),
                       json::array({"127.0.0.1:" + std::to_string(port)}),
                       owner,
                       operator_key_.at("public"),
                       owner,
                       operator_percent,
                       payout};
        if (method == "register_fund_evo") {
            for (const char* each : {"f2dbd9b0a1f541a7c44d34a58674d0262f5feca5", "22201", "22202"})
                params.push_back(each);
        }
        params.push_back(fund);
        const std::string id = rpc()("protx", params, kWallet).get<std::string>();
        mine(1);
        return id;
    }

    /// An operator is only paid when he has told where to.
    void name_operator(const std::string& masternode, int port) {
        const std::string fund = new_address();
        rpc()("sendtoaddress", {fund, 1}, kWallet);
        mine(1);
        rpc()("protx",
              {"update_service", masternode, json::array({"127.0.0.1:" + std::to_string(port)}),
               operator_key_.at("secret"), new_address(), fund},
              kWallet);
        mine(1);
    }

    std::string program_;
    std::uint16_t onion_port_;
    std::filesystem::path folder_;
    std::filesystem::path log_;
    std::string address_;
    json operator_key_;  ///< of the masternode registered last
    std::unique_ptr<tests::ChildProcess> process_;
};

}  // namespace

std::unique_ptr<Daemon> make_dashd(const std::filesystem::path& folder) {
    const auto program = dash::environment("P2POOL_DASHD");
    if (!program) return nullptr;
    auto dashd = std::make_unique<Dashd>(*program, tests::free_ports(3), folder);
    dashd->start();
    dashd->prepare();
    return dashd;
}

}  // namespace end_to_end
