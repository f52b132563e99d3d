#include "tests/simnet/simnet.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "tests/simnet/daemon.h"
#include "tests/support/spawn_future.h"

namespace simnet {

namespace asio = boost::asio;

namespace {

Daemon::Settings daemon_settings(const SimnetSettings& from) {
    Daemon::Settings settings;
    settings.world = from.world;
    settings.rpc = {from.address, from.rpc_port, from.rpc_user, from.rpc_password};
    settings.p2p.address = from.address;
    settings.p2p.port = from.p2p_port;
    return settings;
}

}  // namespace

struct Simnet::State {
    State(const SimnetSettings& settings, const dash::Clock& clock)
        : daemon(context, daemon_settings(settings), clock),
          rpc_port(daemon.rpc().port()),
          p2p_port(daemon.listeners().front()->port()),
          work(context.get_executor()),
          thread([this] { context.run(); }) {}

    template <typename T>
    T wait_for(asio::awaitable<T> task) {
        return tests::spawn_future(context, std::move(task)).get();
    }

    asio::io_context context{1};
    Daemon daemon;
    const std::uint16_t rpc_port;  ///< noted before the daemon is the thread's alone
    const std::uint16_t p2p_port;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::thread thread;
};

Simnet::Simnet(SimnetSettings settings, const dash::Clock& clock) : state_(std::make_unique<State>(settings, clock)) {}

Simnet::~Simnet() {
    asio::post(state_->context, [state = state_.get()] {
        state->daemon.shut_down();
        state->work.reset();
    });
    state_->thread.join();
}

void Simnet::with_world(const std::function<void(World&)>& function) {
    std::promise<void> done;
    asio::post(state_->context, [&] {
        try {
            function(state_->daemon.world());
            done.set_value();
        } catch (...) {
            done.set_exception(std::current_exception());
        }
    });
    done.get_future().get();
}

std::uint16_t Simnet::rpc_port() const {
    return state_->rpc_port;
}
std::uint16_t Simnet::p2p_port() const {
    return state_->p2p_port;
}

std::uint32_t Simnet::height() {
    std::uint32_t result = 0;
    with_world([&](World& world) { result = world.chain().tip().height; });
    return result;
}

dash::Uint256 Simnet::tip() {
    dash::Uint256 result;
    with_world([&](World& world) { result = world.chain().tip().hash; });
    return result;
}

bool Simnet::wait_for_height(std::uint32_t height, std::chrono::milliseconds timeout) {
    const auto wait = [](Daemon& daemon, std::uint32_t wanted,
                         std::chrono::milliseconds limit) -> asio::awaitable<bool> {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (daemon.world().chain().tip().height < wanted) {
            if (!co_await daemon.new_tip().wait_until(deadline)) break;
        }
        co_return daemon.world().chain().tip().height >= wanted;
    };
    return state_->wait_for(wait(state_->daemon, height, timeout));
}

std::vector<dash::Uint256> Simnet::mine(std::size_t blocks) {
    const auto task = [](Daemon& daemon, std::size_t count) -> asio::awaitable<std::vector<dash::Uint256>> {
        co_return co_await daemon.mine(count, daemon.world().wallet().script());
    };
    return state_->wait_for(task(state_->daemon, blocks));
}

std::vector<dash::Uint256> Simnet::fork(std::uint32_t depth, std::size_t length) {
    return state_->wait_for(state_->daemon.fork(depth, length));
}

std::vector<dash::Uint256> Simnet::send(const TrafficRequest& request) {
    std::vector<dash::Uint256> txids;
    with_world([&](World&) { txids = state_->daemon.send(request); });
    return txids;
}

void Simnet::set_faults(const Faults& faults) {
    with_world([&](World&) { state_->daemon.set_faults(faults); });
}

void Simnet::restart(std::chrono::milliseconds down, std::chrono::milliseconds warm_up) {
    asio::co_spawn(state_->context, state_->daemon.restart(down, warm_up), asio::detached);
}

std::uint16_t Simnet::add_p2p_port(const std::string& address) {
    std::uint16_t port = 0;
    with_world([&](World&) {
        P2pSettings settings;
        settings.address = address;
        port = state_->daemon.add_listener(settings).port();
    });
    return port;
}

nlohmann::json Simnet::call(const std::string& method, const nlohmann::json& params) {
    return state_->wait_for(state_->daemon.table().call(method, Json(params)));
}

}  // namespace simnet
