#include "tests/unit/peers/scripted_peer.h"

#include <stdexcept>

#include "dash/primitives/sha256.h"
#include "dash/primitives/transaction.h"
#include "dash/util/error.h"
#include "share_chain/codec.h"

namespace tests {

using namespace p2pool::peers;

namespace {

class ScriptedChannel final : public Channel {
  public:
    explicit ScriptedChannel(std::shared_ptr<Line> line) : line_(std::move(line)) {}
    ~ScriptedChannel() override { close(); }
    ScriptedChannel(const ScriptedChannel&) = delete;
    ScriptedChannel& operator=(const ScriptedChannel&) = delete;

    void start(Events events) override {
        line_->events = std::move(events);
        line_->started = true;
    }
    void send(dash::p2p::SharedFrame frame) override {
        if (!line_->closed) dash::append(line_->sent, *frame);
    }
    void set_reading(bool reading) override { line_->reading = reading; }
    [[nodiscard]] std::size_t unsent_bytes() const override { return line_->unsent_bytes; }
    void close() override { line_->closed = true; }
    [[nodiscard]] const PeerAddress& remote() const override { return line_->remote; }

  private:
    std::shared_ptr<Line> line_;
};

}  // namespace

void ScriptedPeer::say_bytes(dash::ByteSpan bytes) {
    if (!line_->closed && line_->events.on_bytes) line_->events.on_bytes(bytes);
    simulation_->run_for(0);
}

std::vector<dash::p2p::Frame> ScriptedPeer::heard() {
    parser_.feed(dash::ByteSpan(line_->sent).subspan(read_));
    read_ = line_->sent.size();
    std::vector<dash::p2p::Frame> frames;
    while (auto frame = parser_.next())
        frames.push_back(std::move(*frame));
    return frames;
}

std::vector<std::string> ScriptedPeer::heard_commands() {
    std::vector<std::string> commands;
    for (const dash::p2p::Frame& frame : heard())
        commands.push_back(frame.command);
    return commands;
}

std::vector<dash::Bytes> ScriptedPeer::heard_payloads(std::string_view command) {
    std::vector<dash::Bytes> payloads;
    for (const dash::p2p::Frame& frame : heard()) {
        if (frame.command == command) payloads.push_back(frame.payload);
    }
    return payloads;
}

void ScriptedPeer::hang_up() {
    if (!line_->closed && line_->events.on_closed) line_->events.on_closed("Connection was closed cleanly.");
    simulation_->run_for(0);
}

void ScriptedPeer::shake_hands(std::uint32_t version, const dash::Uint256& best_share) {
    Version message;
    message.version = version;
    message.nonce = simulation_->random()();
    message.sub_version = "scripted";
    message.best_share_hash = best_share;
    say(message);
}

void ScriptedLoader::load(std::vector<share_chain::TypedContents> batch, Done done) {
    std::vector<LoadedShare> loaded = share_chain::load_shares(batch, network_);
    shares_loaded += batch.size();
    simulation_.after(delay_seconds, [loaded = std::move(loaded), done = std::move(done)] { done(loaded); });
}

void ScriptedHost::shares_came(const std::vector<share_chain::SharePtr>& shares, const share_chain::Source& source) {
    if (fails) throw std::runtime_error("the host fails");
    for (const share_chain::SharePtr& share : shares) {
        came.emplace_back(share, source);
        tracker_.add(share, simulation_.clock().unix_seconds(), source);
    }
    settle();
}

void ScriptedHost::best_block_came(const dash::BlockHeader& header, const dash::Uint256&) {
    headers.push_back(header);
    if (believes_blocks) peers->announce_best_block(header);
}

void ScriptedHost::load_store(const std::vector<share_chain::SharePtr>& shares) {
    for (const share_chain::SharePtr& share : shares)
        tracker_.add(share, 0);
    for (const share_chain::SharePtr& share : shares)
        tracker_.trust(share->hash);
    best = tracker_.think(simulation_.clock().unix_seconds()).best;
}

void ScriptedHost::add(const share_chain::SharePtr& share) {
    tracker_.add(share, simulation_.clock().unix_seconds());
    settle();
}

void ScriptedHost::settle() {
    const share_chain::Decision decision = tracker_.think(simulation_.clock().unix_seconds());
    best = decision.best;
    peers->take_decision(decision);
}

ScriptedNode::ScriptedNode(const share_chain::Network& its_network) : network(its_network) {
    settings.network = &network;
    settings.sub_version = "ours";
    settings.random_seed = 2;  // not the simulation's: peers shall not have our nonce
    settings.listen_port = kPort;
}

void ScriptedNode::start() {
    peers = std::make_unique<PeerNetwork>(
        settings,
        Environment{
            .host = host, .transport = transport, .timers = timers_, .loader = loader, .clock = simulation.clock()});
    host.peers = peers.get();
    peers->start();
}

std::shared_ptr<Line> ScriptedNode::make_line(const std::string& host_name, std::uint16_t port) {
    auto line = std::make_shared<Line>();
    line->remote = parse_peer_address(host_name, port).value();
    return line;
}

ScriptedPeer ScriptedNode::peer_of(std::shared_ptr<Line> line) {
    return ScriptedPeer(std::move(line), network.p2p_prefix, simulation);
}

ScriptedPeer ScriptedNode::incoming(const std::string& host_name, std::uint16_t port) {
    const auto line = make_line(host_name, port);
    transport.accept(std::make_unique<ScriptedChannel>(line));
    return peer_of(line);
}

ScriptedPeer ScriptedNode::answer_attempt(const std::string& host_name) {
    if (transport.attempts.empty()) throw std::logic_error("the node does not try to connect");
    const ScriptedTransport::Attempt attempt = transport.attempts.front();
    transport.attempts.erase(transport.attempts.begin());
    const auto line = make_line(host_name.empty() ? attempt.host : host_name, attempt.port);
    attempt.done(std::make_unique<ScriptedChannel>(line), {});
    return peer_of(line);
}

void ScriptedNode::fail_attempt() {
    if (transport.attempts.empty()) throw std::logic_error("the node does not try to connect");
    const ScriptedTransport::Attempt attempt = transport.attempts.front();
    transport.attempts.erase(transport.attempts.begin());
    attempt.done(nullptr, "Connection refused");
}

KnownTransaction make_transaction(std::uint32_t number, std::size_t script_bytes) {
    dash::Transaction transaction;
    transaction.inputs.resize(1);
    transaction.inputs[0].previous_output = {dash::Uint256(number), 0};
    transaction.inputs[0].script = dash::Bytes(script_bytes, 0x51);
    transaction.outputs.resize(1);
    transaction.lock_time = number;
    KnownTransaction known;
    known.bytes = std::make_shared<const dash::Bytes>(transaction.serialize());
    known.txid = dash::sha256d(*known.bytes);
    return known;
}

std::vector<share_chain::TypedContents> typed_contents(const std::vector<share_chain::SharePtr>& shares) {
    std::vector<share_chain::TypedContents> typed;
    for (const share_chain::SharePtr& share : shares)
        typed.push_back({share_chain::kShareType, share->packed});
    return typed;
}

}  // namespace tests
