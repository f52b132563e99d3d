#pragma once

#include "web/model/alerts.h"

namespace web {

class Model;

/// Looks at the model and tells the alert book how things are: all limits of the alert rules are here. Call every few
/// seconds.
void watch(Model& model, AlertBook& alerts);

/// The status light.
struct StateLight {
    AlertLevel level = AlertLevel::kInfo;
    bool ok = false;
    const char* code = "";
    std::string text;
};
[[nodiscard]] StateLight state_light(const Model& model);

}  // namespace web
