#pragma once

#include <string>
#include <utility>
#include <vector>

#include "p2pool/options/security_config.h"
#include "web/model/model.h"

namespace web {

/// Whether somebody tries to hurt the worker port.
struct Threat {
    int level = 0;  ///< 0 calm, 1 elevated, 2 high, 3 under attack
    std::vector<std::string> reasons;
    double burst_ratio = 0;  ///< submits of the last ten seconds to those of the last minute
    double connections_per_worker = 0;
    double rejected_proportion = 0;
    std::vector<std::pair<std::string, double>> suspicious_workers;  ///< name, submits a second; the worst twenty
};
[[nodiscard]] Threat assess_threat(const Model& model, const p2pool::options::SecurityConfig& config);

}  // namespace web
