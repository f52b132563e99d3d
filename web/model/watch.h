#pragma once

#include <map>
#include <string>

#include "dash/primitives/hash160.h"
#include "web/model/alerts.h"

namespace web {

class Model;

/// Looks at the model and tells the operator's alert book how things are, and the books of miners who chose alerts of
/// their own, by payout address: all limits of the alert rules are here. Call every few seconds.
void watch(Model& model, AlertBook& alerts, std::map<dash::Hash160, AlertBook>& miners);

/// Why miners get no work, in words for people; empty: they do, the node is ready. What /readyz, metrics and pages say
/// of it is this.
[[nodiscard]] std::string reason_not_ready(const Model& model);

/// The status light. Its text names no miner.
struct StateLight {
    AlertLevel level = AlertLevel::kInfo;
    bool ok = false;
    const char* code = "";
    std::string text;
};
[[nodiscard]] StateLight state_light(const Model& model);

}  // namespace web
