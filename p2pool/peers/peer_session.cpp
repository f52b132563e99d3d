#include "p2pool/peers/peer_session.h"

#include <algorithm>

#include "dash/util/error.h"
#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/peers/peer_dropped.h"
#include "share_chain/share.h"

namespace p2pool::peers {
namespace {

constexpr std::size_t kMostNotedShares = 1000;
constexpr std::size_t kMostToldTypes = 10;
constexpr std::size_t kMostNameBytes = 100;
/// Requests to one peer, ours and never a stranger's: a defect would show here.
constexpr std::size_t kMostRequests = 100;

dash::Uint256 random_id(std::mt19937_64& random) {
    return dash::Uint256({random(), random(), random(), random()});
}

}  // namespace

PeerSession::PeerSession(std::uint64_t id, std::unique_ptr<Channel> channel, Direction direction, SessionOwner& owner,
                         Environment environment)
    : id_(id),
      channel_(std::move(channel)),
      direction_(direction),
      name_(channel_->remote().text()),
      owner_(owner),
      settings_(environment.settings),
      clock_(environment.clock),
      random_(environment.random),
      parser_(environment.settings.network->p2p_prefix),
      transactions_(environment.transactions),
      effort_(std::move(environment.effort)),
      rest_timer_(environment.timers.make_timer()),
      silence_timer_(environment.timers.make_timer()),
      ping_timer_(environment.timers.make_timer()),
      request_timer_(environment.timers.make_timer()),
      connected_since_(environment.clock.unix_seconds()) {}

PeerSession::~PeerSession() = default;

double PeerSession::now() const {
    return dash::steady_seconds(clock_);
}

void PeerSession::start() {
    started_at_ = heard_at_ = now();
    silence_timer_->start(settings_.handshake_timeout_seconds, [this] { check_silence(); });
    channel_->start({.on_bytes = [this](dash::ByteSpan bytes) { on_bytes(bytes); },
                     .on_closed = [this](const std::string& reason) { end({.reason = reason, .misbehaved = false}); }});
    send(owner_.our_version(address()));
    rest_if_due();  // it may come with a debt
}

void PeerSession::send_frame(dash::p2p::SharedFrame frame) {
    if (!open_) return;
    bytes_sent_ += frame->size();
    channel_->send(std::move(frame));
    if (channel_->unsent_bytes() > settings_.most_unsent_bytes) {
        end({.reason = "It does not read what it asks for", .misbehaved = false});
    }
}

void PeerSession::send_frames(const std::vector<dash::p2p::SharedFrame>& frames) {
    for (const dash::p2p::SharedFrame& frame : frames)
        send_frame(frame);
}

void PeerSession::end(const SessionEnd& end) {
    if (!open_) return;
    open_ = false;
    channel_->close();
    rest_timer_->cancel();
    silence_timer_->cancel();
    ping_timer_->cancel();
    request_timer_->cancel();
    for (const Request& request : std::exchange(requests_, {}))
        request.handler(*this, {ShareAnswer::Kind::kLost, {}});
    owner_.ended(*this, end);
}

void PeerSession::guarded(const std::function<void()>& action) {
    try {
        action();
    } catch (const dash::PeerMisbehaving& problem) {
        end({.reason = problem.what(), .misbehaved = true});
    } catch (const std::exception& problem) {
        end({.reason = problem.what(), .misbehaved = false});
    }
}

void PeerSession::on_bytes(dash::ByteSpan bytes) {
    if (!open_) return;
    bytes_received_ += bytes.size();
    heard_at_ = now();
    parser_.feed(bytes);
    take_messages();
}

void PeerSession::take_messages() {
    if (taking_) return;
    taking_ = true;
    turn_effort_ = 0;
    guarded([this] {
        while (open_ && !held_ && !resting_) {
            const auto frame = parser_.next();
            charge(effort::kByteTaken * static_cast<double>(parser_.take_skipped()));
            if (frame) handle(*frame);
            rest_if_due();
            if (!frame) break;
        }
    });
    taking_ = false;
}

void PeerSession::charge(double effort) {
    charge_price(effort);
    turn_effort_ += effort;
}

void PeerSession::charge_price(double price) {
    effort_->charge(now(), price);
}

void PeerSession::rest_if_due() {
    const double debt = effort_->seconds_in_debt(now());
    if (!open_ || (debt <= 0 && turn_effort_ < effort::kATurn)) return;
    resting_ = true;
    listen();
    rest_timer_->start(debt, [this] {
        resting_ = false;
        listen();
        take_messages();
    });
}

void PeerSession::hold() {
    held_ = true;
    listen();
}

void PeerSession::resume() {
    held_ = false;
    listen();
    take_messages();
}

void PeerSession::listen() {
    if (!open_) return;
    const bool is_listening = !held_ && !resting_;
    if (is_listening) heard_at_ = now();  // it was us who did not listen
    channel_->set_reading(is_listening);
}

Trailing PeerSession::trailing() const {
    return version_->version > kProtocolVersion ? Trailing::kIgnore : Trailing::kReject;
}

void PeerSession::handle(const dash::p2p::Frame& frame) {
    const std::string& command = frame.command;
    if (command != ShareReply::kCommand) charge(effort::of_message(frame.payload.size()));
    if (!version_ && command != Version::kCommand) {
        throw dash::PeerMisbehaving("first message was not version message");
    }
    if (command == Version::kCommand) {
        handle_version(frame.payload);
    } else if (command == Ping::kCommand) {
        decode_ping(frame.payload, trailing());
        charge_price(effort::kNoise);
    } else if (command == AddrMe::kCommand) {
        owner_.received(*this, decode_addrme(frame.payload, trailing()));
    } else if (command == Addrs::kCommand) {
        owner_.received(*this, decode_addrs(frame.payload, trailing()));
    } else if (command == GetAddrs::kCommand) {
        owner_.received(*this, decode_getaddrs(frame.payload, trailing()));
    } else if (command == Shares::kCommand) {
        Shares message = decode_shares(frame.payload, trailing());
        charge_list(message.shares.size(), effort::kShareTaken);
        keep_known_types(message.shares);
        owner_.received(*this, std::move(message));
    } else if (command == ShareRequest::kCommand) {
        owner_.received(*this, decode_sharereq(frame.payload, trailing()));
    } else if (command == ShareReply::kCommand) {
        handle_reply(frame.payload);
    } else if (command == BestBlock::kCommand) {
        owner_.received(*this, decode_bestblock(frame.payload, trailing()));
    } else {
        handle_transactions(frame);
    }
}

void PeerSession::charge_list(std::size_t entries, double effort_of_each) {
    if (entries == 0) return charge_price(effort::kNoise);
    charge(effort_of_each * static_cast<double>(entries));
}

void PeerSession::handle_transactions(const dash::p2p::Frame& frame) {
    const auto names = [&] {
        std::vector<dash::Uint256> hashes = decode_hashes(frame.payload, trailing());
        charge_list(hashes.size(), effort::kTransactionNamed);
        return hashes;
    };
    if (frame.command == HaveTx::kCommand) {
        transactions_.announced(names());
    } else if (frame.command == LosingTx::kCommand) {
        transactions_.withdrawn(names());
    } else if (frame.command == RememberTx::kCommand) {
        const RememberTx message = decode_remember_tx(frame.payload, trailing());
        charge_list(message.hashes.size() + message.transactions.size(), effort::kTransactionRemembered);
        owner_.learned(transactions_.remember(message));
    } else if (frame.command == ForgetTx::kCommand) {
        transactions_.forget(names());
        owner_.released();
    } else {
        charge_price(effort::kNoise);  // of a protocol that we do not know
    }
}

void PeerSession::handle_version(dash::ByteSpan payload) {
    if (version_) throw dash::PeerMisbehaving("more than one version message");
    Version version = decode_version(payload);
    if (version.version < settings_.network->minimum_protocol_version) {
        throw dash::PeerMisbehaving("peer too old (version " + std::to_string(version.version) + " < " +
                                    std::to_string(settings_.network->minimum_protocol_version) + ")");
    }
    version.sub_version.resize(std::min(version.sub_version.size(), kMostNameBytes));
    version_ = std::move(version);
    heard_at_ = now();
    check_silence();
    ping_timer_->start(std::uniform_real_distribution<double>(0.5, 1)(random_) * settings_.ping_interval_seconds,
                       [this] { measure_ping(); });
    charge_price(effort::kHandshake);
    const std::uint64_t sent_before = bytes_sent_;
    owner_.established(*this);
    charge(effort::of_answer(bytes_sent_ - sent_before));
    established_ = true;
}

void PeerSession::keep_known_types(std::vector<share_chain::TypedContents>& shares) {
    for (const share_chain::TypedContents& share : shares) {
        if (share.type <= share_chain::kShareType) continue;
        if (trailing() == Trailing::kReject) {
            throw PeerDropped("unknown share type: " + std::to_string(share.type));
        }
        if (told_types_.size() < kMostToldTypes && told_types_.insert(share.type).second) {
            dash::log::info("Peer ", name_, " has shares of type ", share.type,
                            ", which this version does not know: they are left out");
        }
    }
    std::erase_if(shares, [](const auto& share) { return share.type != share_chain::kShareType; });
}

void PeerSession::request_shares(std::vector<dash::Uint256> hashes, std::uint64_t parents,
                                 std::vector<dash::Uint256> stops, AnswerHandler handler) {
    if (!open_ || requests_.size() >= kMostRequests) return handler(*this, {ShareAnswer::Kind::kLost, {}});
    ShareRequest request;
    request.id = random_id(random_);
    request.hashes = std::move(hashes);
    request.parents = parents;
    request.stops = std::move(stops);
    requests_.push_back({request.id, now(), std::move(handler)});
    if (requests_.size() == 1) check_requests();
    send(request);
}

/// What we asked for costs the peer nothing: a chain may be large.
void PeerSession::handle_reply(dash::ByteSpan payload) {
    ShareReply reply = decode_sharereply(payload, trailing());
    keep_known_types(reply.shares);
    const auto request =
        std::find_if(requests_.begin(), requests_.end(), [&](const Request& each) { return each.id == reply.id; });
    if (request == requests_.end()) {  // python ignores it too
        charge(effort::of_message(payload.size()));
        return charge_price(effort::kNoise);
    }
    const AnswerHandler handler = std::move(request->handler);
    requests_.erase(request);
    check_requests();
    const auto kind = reply.result == ShareResult::kGood ? ShareAnswer::Kind::kShares : ShareAnswer::Kind::kRefused;
    handler(*this, {kind, std::move(reply.shares)});
}

void PeerSession::check_requests() {
    if (requests_.empty()) return request_timer_->cancel();
    const double left = requests_.front().sent_at + settings_.request_timeout_seconds - now();
    if (left > 0) return request_timer_->start(left, [this] { check_requests(); });
    dash::log::info("Share request timed out! Peer: ", name_);
    const AnswerHandler handler = std::move(requests_.front().handler);
    requests_.pop_front();
    handler(*this, {ShareAnswer::Kind::kTimedOut, {}});
    end({.reason = "It did not answer a request for shares", .misbehaved = false});
}

void PeerSession::check_silence() {
    const double patience = version_ ? settings_.silence_timeout_seconds : settings_.handshake_timeout_seconds;
    const double since = version_ ? heard_at_ : started_at_;
    const double left = held_ || resting_ ? patience : since + patience - now();
    if (left > 0) return silence_timer_->start(left, [this] { check_silence(); });
    dash::log::info(version_ ? "Connection timed out, disconnecting from " : "Handshake timed out, disconnecting from ",
                    name_);
    end({.reason = version_ ? "It was silent for too long" : "It did not shake hands", .misbehaved = false});
}

/// No share has the name 0: an empty answer comes at once.
void PeerSession::measure_ping() {
    ping_timer_->start(settings_.ping_interval_seconds, [this] { measure_ping(); });
    const double asked_at = now();
    request_shares({dash::Uint256()}, 0, {}, [asked_at](PeerSession& session, const ShareAnswer& answer) {
        const bool answered = answer.kind == ShareAnswer::Kind::kShares || answer.kind == ShareAnswer::Kind::kRefused;
        if (answered) session.ping_seconds_ = session.now() - asked_at;
    });
}

void PeerSession::note_share(const dash::Uint256& hash) {
    if (!shares_.insert(hash).second) return;
    share_order_.push_back(hash);
    if (share_order_.size() <= kMostNotedShares) return;
    shares_.erase(share_order_.front());
    share_order_.pop_front();
}

PeerStatus PeerSession::status() const {
    PeerStatus status;
    status.address = address();
    if (version_) {
        status.version = version_->version;
        status.sub_version = version_->sub_version;
    }
    status.incoming = is_incoming();
    status.permanent = direction_ == Direction::kPermanent;
    status.connected_since = connected_since_;
    status.ping_seconds = ping_seconds_;
    status.transactions_remembered = transactions_.remembered_count();
    status.transaction_bytes_remembered = transactions_.remembered_bytes();
    status.bytes_received = bytes_received_;
    status.bytes_sent = bytes_sent_;
    return status;
}

}  // namespace p2pool::peers
