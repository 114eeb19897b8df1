#pragma once

#include "runtime/pipeline/plan.hpp"
#include "runtime/policy/fallback.hpp"
#include "runtime/policy/stream_policy.hpp"

#include <caf/expected.hpp>

#include <functional>
#include <string>

namespace vpaas {

/// The pipeline that a decision names, or why it cannot run.
using stream_plans = std::function<caf::expected<plan_ptr>(const decision&)>;

/// Lets each outage that begins or ends be one line of the log.
void log_outages(fallback::config& x, const std::string& stream);

/// The same, but that it fails, or fails otherwise than before, or works again
/// is one line of the log.
stream_rule logged(stream_rule rule, const std::string& stream);

stream_plans logged(stream_plans plans, const std::string& stream);

} // namespace vpaas
