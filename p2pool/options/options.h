#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dash/util/error.h"
#include "p2pool/options/dashd_name.h"
#include "p2pool/options/merged_url.h"
#include "share_chain/network.h"

/// The command line: names, ranges, defaults and help of every option stand in one table (option_table.h).
namespace p2pool::options {

/// A command line that cannot be run as it is: main() prints usage and the text on stderr and exits with 2.
class UsageError : public dash::Error {
  public:
    using Error::Error;
};

/// Host and port; where we listen, an empty host means all interfaces.
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
};

enum class Request { kRun, kHelp, kVersion };

/// What is to be done with the node of a data folder.
enum class Action {
    kRun,
    kRunInBackground,  ///< --daemon
    kStop,
    kRestart,  ///< stop, then run in the background
    kStatus
};

/// What the operator asked for. Values that depend on the network or on dash.conf are filled in by resolve().
struct Options {
    Request request = Request::kRun;
    Action action = Action::kRun;
    std::string net_name = "dash";
    bool testnet = false;
    bool debug = false;
    bool bench = false;                  ///< log what takes long
    std::optional<std::string> address;  ///< payout address as given: an address, a public key in hex, or "dynamic"
    std::size_t dynamic_addresses = 2;
    double dynamic_seconds = 172'800;
    std::filesystem::path datadir;  ///< base folder; empty: "data" beside the program's launcher
    std::optional<std::filesystem::path> logfile;
    bool no_console = false;
    bool log_json = false;
    bool tell_alerts = true;              ///< to Telegram and hooks
    bool share_archive = true;            ///< list the shares that leave the store in share_archive/
    bool compact_on_shutdown = false;     ///< of the store
    std::filesystem::path export_shares;  ///< not empty: write the stored shares there instead of running the node
    double donation_percent = 1.0;        ///< 0…100
    double fee_percent = 0.0;             ///< 0…100
    double share_rate_seconds = 10.0;     ///< aim of the vardiff: seconds between a connection's submits
    std::optional<Endpoint> worker;       ///< as given; port 0 never
    std::optional<Endpoint> worker_tls;   ///< likewise
    std::filesystem::path worker_tls_certificate;
    std::filesystem::path worker_tls_key;
    std::vector<std::string> worker_proxies;  ///< addresses and networks of balancers
    std::optional<std::filesystem::path> dashd_config_path;
    std::string dashd_address = "127.0.0.1";
    std::optional<std::uint16_t> dashd_rpc_port;
    bool dashd_rpc_ssl = false;
    std::optional<std::uint16_t> dashd_p2p_port;
    std::vector<DashdName> dashds;     ///< besides that of the options above
    std::vector<MergedDaemon> merged;  ///< daemons of other chains to merge-mine
    std::optional<std::uint16_t> p2pool_port;
    std::vector<std::string> p2pool_nodes;  ///< host or host:port of permanent peers, as given
    std::size_t most_incoming_peers = 40;
    std::size_t outgoing_peers = 6;
    std::optional<std::string> external_ip;  ///< address in digits, or with :port
    bool advertise = true;
    bool upnp = true;
    bool broadcaster = true;
    std::size_t broadcaster_max_peers = 20;                             ///< connections, dashd's included
    std::optional<std::size_t> broadcaster_min_peers;                   ///< network peers, fewer than the maximum
    std::optional<std::filesystem::path> web_static;                    ///< the operator's own pages
    std::optional<std::pair<std::string, std::string>> web_password{};  ///< user and password to ask for
    std::vector<std::string> positional;  ///< [RPC user] RPC password, or one payout address
    /// Sentences about options that are accepted and not acted on.
    std::vector<std::string> without_effect;
};

/// `arguments` without the program's name; see arguments.h for what may be written. An option that is given twice has
/// the last value, but for those that make a list; each value has to be right. Throws UsageError.
[[nodiscard]] Options parse(const std::vector<std::string>& arguments);

/// How the operator starts the program: run_p2pool.sh, or an installed p2pool-dash.
enum class Launch { kScript, kInstalled };
[[nodiscard]] const char* program_name(Launch launch);

/// The help text, as wide as 100 columns.
[[nodiscard]] std::string help_text(Launch launch);
[[nodiscard]] std::string usage_line(Launch launch);

/// How to reach and log in to dashd's RPC.
struct DashdLogin {
    std::string user;
    std::string password;               ///< empty: use the cookie file
    std::filesystem::path cookie_file;  ///< empty when user and password are given
};

/// One dashd besides the first.
struct DashdAccess {
    std::string host;
    std::uint16_t rpc_port = 0;
    std::uint16_t p2p_port = 0;
    bool rpc_ssl = false;
    DashdLogin login;
};

/// Options with everything that follows from them.
struct Settings {
    Options options;
    const share_chain::Network* network = nullptr;
    std::shared_ptr<const share_chain::Network> network_of_file{};  ///< holds that one when a file described it
    std::optional<std::string> payout_address{};  ///< of the command line, in base58; none: from the wallet
    bool dynamic_payout = false;                  ///< several, from the wallet
    Endpoint worker;                              ///< host in digits
    DashdLogin login;
    std::uint16_t dashd_rpc_port = 0;
    std::uint16_t dashd_p2p_port = 0;
    std::size_t broadcaster_min_peers = 0;
    bool dashd_rpc_ssl = false;
    std::vector<DashdAccess> further_dashds{};
    std::uint16_t p2pool_port = 0;
    std::vector<Endpoint> p2pool_nodes;
    std::optional<Endpoint> external_address;  ///< host in digits
    std::filesystem::path net_datadir;         ///< <datadir>/<net>
    std::filesystem::path logfile;
    std::filesystem::path pid_file;
    std::filesystem::path ready_flag;  ///< empty file; there while miners are served
    std::filesystem::path web_static;  ///< folder of the pages below /static
    std::filesystem::path web_vendor;  ///< folder of what the build fetched for them
    std::vector<std::string> remarks;  ///< lines that tell the operator how something was understood
};

/// Where things lie that the command line does not name.
struct Places {
    std::filesystem::path resources;  ///< the program's own files: networks/, web/static/
    std::filesystem::path vendor;     ///< what the build fetched for the pages
    std::filesystem::path data;       ///< the folder of the networks' data folders, without --datadir
};

/// Chooses the network, reads dash.conf when the command line holds no password, and fills in defaults. Throws
/// UsageError.
[[nodiscard]] Settings resolve(Options options, const Places& places);

}  // namespace p2pool::options
