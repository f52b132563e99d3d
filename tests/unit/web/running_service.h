#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "dash/util/clock.h"
#include "tests/support/process.h"
#include "tests/unit/web/http_client.h"
#include "tests/unit/web/mining_state.h"
#include "web/service.h"

namespace web_tests {

struct Wishes {
    std::function<void(const std::filesystem::path& datadir)> prepare;
    std::string client_ip = "127.0.0.1";  ///< where clients seem to come from
    /// The same of the nth connection, from 0; unset: client_ip.
    std::function<std::string(std::size_t number)> client_ip_of;
    std::optional<std::pair<std::string, std::string>> password;
    bool own_pages = true;
    std::string third_worker;    ///< a name, of the mining state's workers
    nlohmann::json broadcaster;  ///< of /broadcaster_status; null: there is none
    web::HttpLimits http;
};

/// The web side alone, on a port of 127.0.0.1, with what a node would have told it.
class RunningService {
  public:
    explicit RunningService(Wishes wishes = {});
    ~RunningService();
    RunningService(const RunningService&) = delete;
    RunningService& operator=(const RunningService&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] web::Service& service() { return *service_; }
    [[nodiscard]] std::filesystem::path datadir() const { return folder_.path(); }
    [[nodiscard]] const web::NodeFacts& facts() const { return facts_; }
    /// On a connection of its own.
    [[nodiscard]] Answer get(const std::string& target, const std::vector<std::string>& headers = {}) const;
    [[nodiscard]] nlohmann::json json(const std::string& target) const;
    /// Targets of all pages that answer at once, each with arguments that name something of the mining state.
    [[nodiscard]] std::vector<std::string> every_page() const;

    /// Waits until pages show mining_state().
    void tell_mining_state();
    /// After tell_mining_state(): so many workers more, "farmN", the first the weakest. Waits until pages show them.
    void tell_farm(std::size_t workers);
    [[nodiscard]] const std::string& best_share() const { return best_share_; }
    /// Ends the service, and starts it again in the same folder.
    void restart();

  private:
    void start();
    void accept_all();

    Wishes wishes_;
    tests::TemporaryFolder folder_;
    web::NodeFacts facts_;
    std::unique_ptr<web::Service> service_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread acceptor_;
    std::string best_share_;
    /// Of the state that is told: after a restart the shares are the same.
    const double told_time_ = dash::system_clock().unix_seconds();
};

[[nodiscard]] nlohmann::json recorded_answers(const std::string& state);

}  // namespace web_tests
