#pragma once

#include "p2pool/options/security_config.h"
#include "p2pool/stratum/admission.h"
#include "p2pool/stratum/submit_limit.h"

namespace p2pool::node {

/// The worker port's part of security_config.json.
[[nodiscard]] stratum::AdmissionSettings admission_settings(const options::SecurityConfig& config);
[[nodiscard]] stratum::SubmitLimitSettings submit_limit_settings(const options::SecurityConfig& config);

}  // namespace p2pool::node
