#include "p2pool/stratum/miner_session.h"

#include <algorithm>
#include <random>
#include <unordered_map>
#include <utility>

#include "dash/util/log.h"
#include "dash/util/steady_seconds.h"
#include "p2pool/stratum/effort.h"

namespace p2pool::stratum {
namespace {

using nlohmann::json;

/// An observer that does not authorize gets its first work after this time.
constexpr double kObserverSeconds = 1;

/// Malformed lines that are forgiven at once, and how soon again.
constexpr double kForgivenLines = 10;
constexpr double kForgivenLinesPerSecond = 1.0 / 60;

constexpr int kExtranonce2Bytes = 4;

/// 64 bits nobody can guess: who knows the id takes the session over.
std::string new_session_id() {
    std::random_device random;
    return hex32(random()) + hex32(random());
}

std::string extranonce1_hex(std::uint32_t value) {
    const std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
                                            static_cast<std::uint8_t>(value >> 16),
                                            static_cast<std::uint8_t>(value >> 24)};
    return dash::to_hex(bytes);
}

const std::string* text_at(const json& params, std::size_t index) {
    return index < params.size() ? params[index].get_ptr<const std::string*>() : nullptr;
}

void append_pieces(std::string& out, const WorkPush& push) {
    for (const std::string_view piece : push.pieces())
        out.append(piece);
}

}  // namespace

MinerSession::MinerSession(MinerContext& context, std::string ip)
    : context_(context),
      ip_(std::move(ip)),
      started_(now()),
      session_{context.extranonces.take(), std::nullopt, std::nullopt, 0, {}},
      share_seconds_(context.share_seconds),
      throttle_(submit_throttle()),
      effort_(effort_bucket()),
      tolerance_(kForgivenLinesPerSecond, kForgivenLines) {}

MinerSession::~MinerSession() {
    if (is_subscribed() && is_authorized()) context_.sessions.put(session_id_, std::move(session_), now());
}

double MinerSession::now() const {
    return steady_seconds(context_.clock);
}

double MinerSession::pause_seconds() {
    return effort_.seconds_in_debt(now());
}

std::string MinerSession::worker_name() const {
    return workers_.empty() ? std::string() : workers_.front().worker.name;
}

MinerSession::Handler MinerSession::find_handler(std::string_view method) {
    static const std::unordered_map<std::string_view, Handler> handlers{
        {"mining.submit", &MinerSession::submit},
        {"mining.subscribe", &MinerSession::subscribe},
        {"mining.authorize", &MinerSession::authorize},
        {"mining.configure", &MinerSession::configure},
        {"mining.extranonce.subscribe", &MinerSession::extranonce_subscribe},
        {"mining.suggest_difficulty", &MinerSession::suggest_difficulty},
        {"mining.suggest_target", &MinerSession::suggest_target},
        {"mining.get_transactions", &MinerSession::get_transactions},
        {"mining.ping", &MinerSession::ping}};
    const auto found = handlers.find(method);
    return found == handlers.end() ? nullptr : found->second;
}

bool MinerSession::handle_line(std::string_view line, std::string& out) {
    effort_.charge(now(), 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return true;
    const auto parsed = parse_line(line);
    if (const auto* malformed = std::get_if<Malformed>(&parsed)) {
        return refuse_malformed(malformed->id, malformed->reason, out);
    }
    const auto* request = std::get_if<Request>(&parsed);
    if (request == nullptr) return true;
    const Handler handler = find_handler(request->method);
    if (handler != nullptr) return (this->*handler)(*request, out);
    append_error(out, request->id, {ErrorCode::kOther, "Method not found: " + request->method});
    return true;
}

bool MinerSession::refuse_malformed(const json& id, const std::string& reason, std::string& out) {
    append_error(out, id, {ErrorCode::kOther, "Malformed line: " + reason});
    if (tolerance_.take(now())) return true;
    context_.admission.violation(ip_, "malformed_lines");
    return false;
}

bool MinerSession::subscribe(const Request& request, std::string& out) {
    const std::string* wanted = text_at(request.params, 1);
    if (!is_subscribed() && wanted != nullptr) {
        if (auto resumed = context_.sessions.take(*wanted, now())) {
            session_id_ = *wanted;
            // What this connection negotiated already is newer.
            if (session_.minimum_difficulty > 0) resumed->minimum_difficulty = session_.minimum_difficulty;
            if (session_.suggested_difficulty) resumed->suggested_difficulty = session_.suggested_difficulty;
            session_ = std::move(*resumed);
            if (session_.vardiff) share_seconds_ = session_.vardiff->share_seconds();
        }
    }
    if (!is_subscribed()) session_id_ = new_session_id();
    subscribed_at_ = now();
    append_result(out, request.id,
                  json::array({json::array({json::array({"mining.set_difficulty", session_id_}),
                                            json::array({"mining.notify", session_id_})}),
                               extranonce1_hex(session_.extranonce1.value()), kExtranonce2Bytes}));
    if (is_authorized()) append_work(out, true);
    return true;
}

bool MinerSession::authorize(const Request& request, std::string& out) {
    const std::string* user_name = text_at(request.params, 0);
    if (user_name == nullptr || user_name->size() > kMaxUserNameBytes) {
        append_error(out, request.id, {ErrorCode::kOther, "mining.authorize needs a user name of at most 255 bytes"});
        return true;
    }
    UserName user = parse_user_name(*user_name, *context_.network.parent);
    if (!user.refusal.empty()) {
        dash::log::debug("STRATUM: ", ip_, " refused as '", *user_name, "': ", user.refusal);
        append_error(out, request.id, {ErrorCode::kUnauthorized, user.refusal});
        return true;
    }
    const std::optional<work::PayoutChoice> before = user_ ? std::optional(payout()) : std::nullopt;
    fixed_difficulty_ = user.fixed_difficulty;
    if (user.share_seconds) share_seconds_ = *user.share_seconds;
    if (session_.vardiff) session_.vardiff->set_share_seconds(share_seconds_);
    add_worker(*user_name, user);
    dash::log::debug("STRATUM: ", ip_, " authorized as ", user.display);
    user_ = std::move(user);
    append_result(out, request.id, true);
    const bool other_payout = before != payout();
    if (other_payout) effort_.charge(now(), kPayoutChangeLines);
    append_work(out, other_payout);
    return true;
}

void MinerSession::add_worker(std::string user_name, const UserName& parsed) {
    const auto known = std::find_if(workers_.begin(), workers_.end(), [&user_name](const AuthorizedWorker& worker) {
        return worker.worker.user_name == user_name;
    });
    if (known != workers_.end()) workers_.erase(known);
    if (workers_.size() >= kMaxWorkers) workers_.pop_back();
    work::Worker worker{parsed.display, parsed.payout.value_or(context_.source.node_payout_hash()),
                        std::move(user_name)};
    workers_.insert(workers_.begin(), {parsed.address, std::move(worker)});
}

work::PayoutChoice MinerSession::payout() const {
    if (!user_) return {context_.source.node_payout_hash(), std::nullopt};
    return {user_->payout.value_or(context_.source.node_payout_hash()), user_->share_difficulty};
}

Difficulty MinerSession::difficulty_for(const Notify& notify) {
    const DifficultyPolicy& policy = context_.policy;
    const double minimum = session_.minimum_difficulty;
    if (fixed_difficulty_) {
        const double value = policy.requested(*fixed_difficulty_, minimum, notify.share);
        return current_ && value == sent_difficulty_.value ? sent_difficulty_ : Difficulty::of(value);
    }
    if (!session_.vardiff) {
        const auto& suggested = session_.suggested_difficulty;
        const double start =
            suggested ? policy.requested(*suggested, minimum, notify.share) : policy.start(notify.share);
        session_.vardiff.emplace(context_.network.vardiff, share_seconds_, Difficulty::of(start), now());
    }
    return policy.for_job(session_.vardiff->difficulty(), minimum, notify.share);
}

std::optional<WorkPush> MinerSession::next_work(bool clean) {
    const bool observes = current_ != nullptr;
    if (!is_subscribed() || (!is_authorized() && !observes)) return std::nullopt;
    if (session_.vardiff && !fixed_difficulty_ && current_) {
        session_.vardiff->relax_if_silent(now(),
                                          context_.policy.vardiff_range(session_.minimum_difficulty, current_->share));
    }
    return push_work(context_.source.apply_fee(payout()), clean);
}

std::optional<WorkPush> MinerSession::push_work(const work::PayoutChoice& choice, bool clean) {
    const work::JobPtr job = context_.source.job(choice);
    owes_clean_ = owes_clean_ || (clean && current_ != nullptr);
    if (!job) return std::nullopt;
    clean = std::exchange(owes_clean_, false) || clean;
    auto notify = context_.notifies.get(job, context_.source);
    const Difficulty difficulty = difficulty_for(*notify);
    const bool is_first = current_ == nullptr;
    if (!is_first && !clean && current_->job == job && sent_difficulty_ == difficulty) return std::nullopt;
    WorkPush push{{}, session_.jobs.hold(job, difficulty, now()), std::move(notify), clean || is_first};
    if (difficulty.value != sent_difficulty_.value) append_set_difficulty(push.set_difficulty, difficulty.value);
    sent_difficulty_ = difficulty;
    current_ = push.notify;
    current_choice_ = choice;
    told_no_work_ = false;
    return push;
}

void MinerSession::append_work(std::string& out, bool clean) {
    if (!is_subscribed()) return;
    if (const auto push = next_work(clean)) {
        append_pieces(out, *push);
    } else if (current_ == nullptr && !told_no_work_) {
        append_show_message(out, context_.source.no_work_reason());
        told_no_work_ = true;
    }
}

void MinerSession::append_changed_difficulty(std::string& out) {
    if (current_ == nullptr) return;
    if (const auto push = push_work(current_choice_, false)) append_pieces(out, *push);
}

std::optional<WorkPush> MinerSession::tick() {
    session_.jobs.expire(now());
    const bool waits = is_subscribed() && !is_authorized() && current_ == nullptr;
    if (!waits || now() - subscribed_at_ < kObserverSeconds) return std::nullopt;
    return push_work(payout(), true);
}

}  // namespace p2pool::stratum
