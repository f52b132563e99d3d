#include "tests/stratum_client/load_client.h"

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "dash/primitives/address.h"
#include "dash/primitives/hash160.h"
#include "dash/primitives/serialize.h"
#include "dash/primitives/target.h"
#include "dash/util/error.h"
#include "tests/stratum_client/miner.h"
#include "tests/stratum_client/session.h"
#include "tests/support/spawn_future.h"

namespace stratum_client {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kReconnectDelay = std::chrono::seconds(1);
constexpr auto kPace = std::chrono::milliseconds(2);
constexpr std::uint32_t kMostTries = 100'000;  // for one paced solution
/// A new block has reached everybody by then.
constexpr auto kAwake = std::chrono::milliseconds(500);

/// 127.0.1.1, 127.0.1.2, … 127.0.1.250, 127.0.2.1, …
asio::ip::address loopback_source(std::size_t index) {
    constexpr std::size_t kHosts = 250;
    constexpr std::uint32_t kFirst = 0x7f000101;
    const auto host = static_cast<std::uint32_t>(index % kHosts);
    const auto net = static_cast<std::uint32_t>(index / kHosts % kHosts);
    return asio::ip::address_v4(kFirst + (net << 8) + host);
}

}  // namespace

struct LoadClient::State {
    explicit State(LoadSettings from) : settings(std::move(from)) {}

    [[nodiscard]] tcp::endpoint resolve();
    [[nodiscard]] SessionSettings session_settings(const tcp::endpoint& server, std::size_t index) const;
    asio::awaitable<void> connect_all();
    asio::awaitable<void> keep(Session& session);
    asio::awaitable<void> submit_paced();
    [[nodiscard]] bool submit_one(Session& session);
    [[nodiscard]] bool ready() const;
    asio::awaitable<void> pause(std::chrono::steady_clock::duration duration);
    void stop();
    void run();

    LoadSettings settings;
    asio::io_context context{1};
    /// Calls from outside are answered even when every connection has ended.
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard{context.get_executor()};
    Statistics statistics;
    std::vector<std::unique_ptr<Session>> sessions;
    std::uint64_t extranonce2 = 1ULL << 31;  ///< of paced submits; below are the miner's
    bool stopping = false;
    TimePoint awake_until;
    std::set<asio::steady_timer*> pauses;
    std::shared_ptr<asio::ssl::context> tls;
    std::optional<Miner> miner;
    std::thread thread;
};

/// While a new block is awaited this thread does not sleep: on the same machine a sender would pay for waking it with
/// nearly every line, as it never does for miners elsewhere.
void LoadClient::State::run() {
    while (!context.stopped()) {
        if (std::chrono::steady_clock::now() < awake_until) {
            context.poll();
        } else {
            context.run_one();
        }
    }
}

tcp::endpoint LoadClient::State::resolve() {
    boost::system::error_code failure;
    const auto found = tcp::resolver(context).resolve(settings.host, std::to_string(settings.port), failure);
    if (failure || found.empty()) throw dash::ConfigError("there is no host " + settings.host);
    return found.begin()->endpoint();
}

SessionSettings LoadClient::State::session_settings(const tcp::endpoint& server, std::size_t index) const {
    SessionSettings session;
    session.server = server;
    if (settings.many_sources && server.address().is_v4() && server.address().is_loopback())
        session.source = loopback_source(index);
    const std::string& user = settings.users[index % settings.users.size()];
    session.user = user + ".w" + std::to_string(index) + settings.user_suffix;
    session.password = settings.password;
    session.roll_versions = settings.roll_versions;
    session.tls = tls;
    session.silent = settings.mode == LoadSettings::Mode::kSilent;
    return session;
}

asio::awaitable<void> LoadClient::State::pause(std::chrono::steady_clock::duration duration) {
    asio::steady_timer wait(context, duration);
    boost::system::error_code ignored;
    pauses.insert(&wait);
    co_await wait.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    pauses.erase(&wait);
}

asio::awaitable<void> LoadClient::State::connect_all() {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < sessions.size() && !stopping; ++i) {
        asio::co_spawn(context, keep(*sessions[i]), asio::detached);
        if (settings.connects_per_second <= 0) continue;
        const std::chrono::duration<double> due(static_cast<double>(i + 1) / settings.connects_per_second);
        const auto early = begin + std::chrono::duration_cast<std::chrono::steady_clock::duration>(due) -
                           std::chrono::steady_clock::now();
        if (early > kPace) co_await pause(early);
    }
}

asio::awaitable<void> LoadClient::State::keep(Session& session) {
    while (!stopping) {
        co_await session.run();
        if (!settings.reconnect) co_return;
        if (!stopping) co_await pause(kReconnectDelay);
    }
}

bool LoadClient::State::submit_one(Session& session) {
    const std::shared_ptr<const Work> work = session.work();
    if (!work) return false;
    const std::uint64_t mine = extranonce2++;
    Candidate candidate(*work, mine, settings.roll_versions ? version_bits_for(mine) : 0);
    std::uint32_t nonce = 0;
    if (!settings.junk) {
        dash::Uint256 hash = candidate.hash(nonce);
        while (hash > work->target && nonce < kMostTries)
            hash = candidate.hash(++nonce);
        if (nonce == kMostTries) return false;
        if (hash <= dash::target_from_bits(work->job.bits)) ++statistics.blocks;
    }
    session.submit(candidate.solution(nonce));
    return true;
}

asio::awaitable<void> LoadClient::State::submit_paced() {
    while (!ready() && !stopping)
        co_await pause(kPace);
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t sent = 0;
    std::size_t next = 0;
    while (!stopping) {
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        const auto due = static_cast<std::uint64_t>(passed.count() * settings.submits_per_second);
        for (; sent < due && !stopping; ++sent) {
            Session& session = *sessions[next++ % sessions.size()];
            if (session.has_work()) static_cast<void>(submit_one(session));
        }
        co_await pause(kPace);
    }
}

bool LoadClient::State::ready() const {
    if (settings.mode == LoadSettings::Mode::kSilent) return statistics.connected >= sessions.size();
    for (const auto& session : sessions) {
        if (!session->has_work()) return false;
    }
    return true;
}

void LoadClient::State::stop() {
    stopping = true;
    guard.reset();
    for (const auto& session : sessions)
        session->close();
    for (asio::steady_timer* wait : pauses)
        wait->cancel();
}

LoadClient::LoadClient(LoadSettings settings) : state_(std::make_unique<State>(std::move(settings))) {
    if (state_->settings.users.empty()) state_->settings.users = make_addresses(1);
}

LoadClient::~LoadClient() {
    if (!state_->thread.joinable()) return;
    state_->miner.reset();
    asio::post(state_->context, [this] { state_->stop(); });
    state_->thread.join();
}

void LoadClient::start() {
    raise_file_limit();
    State& state = *state_;
    const tcp::endpoint server = state.resolve();
    if (state.settings.tls) state.tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    for (std::size_t i = 0; i < state.settings.connections; ++i) {
        state.sessions.push_back(std::make_unique<Session>(state.context.get_executor(),
                                                           state.session_settings(server, i), state.statistics));
    }
    asio::co_spawn(state.context, state.connect_all(), asio::detached);
    if (state.settings.mode == LoadSettings::Mode::kSubmit)
        asio::co_spawn(state.context, state.submit_paced(), asio::detached);
    state.thread = std::thread([&state] { state.run(); });
    if (state.settings.mode != LoadSettings::Mode::kMine) return;
    state.miner.emplace(state.sessions, state.settings.threads, state.settings.roll_versions,
                        [&state](Session& session, const Solution& solution, bool is_block) {
                            asio::post(state.context, [&state, &session, solution, is_block] {
                                if (is_block) ++state.statistics.blocks;
                                session.submit(solution);
                            });
                        });
}

bool LoadClient::wait_until_ready(std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        const auto is_ready = [](State& state) -> asio::awaitable<bool> { co_return state.ready(); };
        if (tests::spawn_future(state_->context, is_ready(*state_)).get()) return true;
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(kPace);
    }
}

void LoadClient::trigger(TimePoint when) {
    asio::post(state_->context, [this, when] {
        state_->statistics.trigger(when);
        state_->awake_until = when + kAwake;
    });
}

Statistics LoadClient::statistics() {
    const auto copy = [](State& state) -> asio::awaitable<Statistics> { co_return state.statistics; };
    return tests::spawn_future(state_->context, copy(*state_)).get();
}

std::vector<std::string> make_addresses(std::size_t count) {
    std::vector<std::string> addresses;
    for (std::size_t i = 0; i < count; ++i) {
        const dash::Hash160 hash = dash::hash160(dash::Writer().u64(i).bytes());
        addresses.push_back(dash::format_address({dash::Address::Kind::kPubkeyHash, hash}, dash::dash_regtest()));
    }
    return addresses;
}

std::size_t raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace stratum_client
