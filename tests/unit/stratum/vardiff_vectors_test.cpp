#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "dash/primitives/target.h"
#include "p2pool/stratum/difficulty.h"
#include "p2pool/stratum/user_name.h"
#include "p2pool/stratum/vardiff.h"
#include "share_chain/network.h"
#include "tests/support/vectors.h"

namespace {

using namespace p2pool::stratum;
using nlohmann::json;

// The file holds a simulation of the reference's whole stratum class. Replayed here are its difficulty control and the
// few rules around it that move the target; the reference's own floor and start stand where this node has others.
constexpr double kReferenceFloor = 64;
constexpr double kReferenceCeiling = 1e6;
constexpr unsigned kReferenceStart = 100;

/// The reference passes over submits that come faster than this once there were more than ten of them. It answers
/// "true" to those, this node answers with an error; both leave the difficulty alone.
constexpr double kRapidSeconds = 0.01;
constexpr int kRapidSubmits = 10;

const dash::ChainParams& parent(const json& test) {
    return *share_chain::find_network(test["parent"].get<std::string>())->parent;
}

/// One connection of the reference.
class Replay {
  public:
    explicit Replay(const json& test)
        : chain_(parent(test)),
          user_(parse_user_name(test["user"].get<std::string>(), chain_)),
          share_target_(tests::uint256_value(test["min_share_target"])),
          vardiff_({}, test["share_rate"].get<double>(), start(), clock_) {}

    void advance(double seconds) { clock_ += seconds; }
    [[nodiscard]] double now() const { return clock_; }
    [[nodiscard]] dash::Uint256 target() const {
        return is_fixed_ ? dash::target_from_difficulty(*user_.fixed_difficulty) : vardiff_.difficulty().target;
    }

    void submit() {
        if (is_rapid() || is_fixed_) return;
        vardiff_.submitted(clock_, range());
    }
    void authorize() {
        authorized_ = true;
        if (user_.share_seconds) vardiff_.set_share_seconds(*user_.share_seconds);
    }
    void send_work() {
        is_fixed_ = authorized_ && user_.fixed_difficulty.has_value();
        if (!is_fixed_) vardiff_.relax_if_silent(clock_, range());
    }
    void suggest(double difficulty) {
        const double wanted = std::min(std::max(difficulty, kReferenceFloor), kReferenceCeiling);
        vardiff_.set_difficulty(Difficulty::of(std::max(wanted, minimum_)));
    }
    void set_minimum(double difficulty) {
        minimum_ = std::max(difficulty, kReferenceFloor);
        if (vardiff_.difficulty().value < minimum_) vardiff_.set_difficulty(Difficulty::of(minimum_));
    }

  private:
    /// floor(diff 1 target / 100).
    [[nodiscard]] static Difficulty start() {
        return Difficulty::of_target(dash::to_uint256(dash::to_wide(dash::difficulty_one_target()) / kReferenceStart));
    }
    [[nodiscard]] DifficultyRange range() const {
        const dash::Uint256 hardest =
            std::min(chain_.hardest_sane_target, std::min(share_target_, chain_.easiest_sane_target));
        return {Difficulty::of(std::max(kReferenceFloor, minimum_)), Difficulty::of_target(hardest)};
    }

    bool is_rapid() {
        rapid_ = last_processed_ && clock_ - *last_processed_ < kRapidSeconds ? rapid_ + 1 : 0;
        if (rapid_ > kRapidSubmits) return true;
        last_processed_ = clock_;
        return false;
    }

    const dash::ChainParams& chain_;
    UserName user_;
    dash::Uint256 share_target_;
    double clock_ = 1700000000;
    double minimum_ = 0;
    Vardiff vardiff_;
    bool authorized_ = false;
    bool is_fixed_ = false;  ///< "+N": from the first work after authorize on
    int rapid_ = 0;
    std::optional<double> last_processed_;
};

void run(const json& test) {
    Replay replay(test);
    auto gap = test["gaps"].begin();
    for (const json& event : test["events"]) {
        const auto op = event["op"].get<std::string>();
        CAPTURE(op);
        CAPTURE(event["t"].get<double>());
        if (op == "submit") {
            while (!gap->is_number())
                ++gap;  // a push of work without time between
            replay.advance((gap++)->get<double>());
            // A banned address: nothing is processed any more.
            if (event["result"] == true) replay.submit();
        } else if (op == "_send_work") {
            replay.send_work();
        } else if (op == "authorize") {
            replay.authorize();
        } else if (op.rfind("suggest_difficulty ", 0) == 0) {
            replay.suggest(json::parse(op.substr(op.find('[')))[0].get<double>());
        } else if (op.rfind("configure ", 0) == 0) {
            const json params = json::parse(op.substr(op.find('[')));
            if (params[1].contains("minimum-difficulty.value")) {
                replay.set_minimum(params[1]["minimum-difficulty.value"].get<double>());
            }
        }
        if (event["target"].is_null() || event["result"] == false) continue;
        CHECK(replay.target().to_hex() == tests::uint256_value(event["target"]).to_hex());
    }
}

}  // namespace

TEST_CASE("vardiff moves as the reference's does") {
    const json vectors = tests::load_vectors("vardiff.json");
    for (const json& test : vectors["cases"]) {
        CAPTURE(test["name"].get<std::string>());
        CAPTURE(test["parent"].get<std::string>());
        run(test);
    }
}
