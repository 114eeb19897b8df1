#pragma once

#include "messages/control.hpp"
#include "runtime/json.hpp"
#include "runtime/policy/access.hpp"

namespace vpaas {

// What a visitor is shown of a view, as JSON: nothing of cameras that are not
// his.

/// `[{name, tier, address, state, problem, restarts, actors, down, ...}]`
json nodes_of(const system_view& x);

/// One of each coordinator: its status, `node`, `state` and its `camera`, whose
/// status says where it is.
json streams_of(const system_view& x, const visitor& who);

/// The numbers of `streams_of` that change, for what is sent every second.
json short_streams_of(const system_view& x, const visitor& who);

/// `[{level, subject, message, remedy}]`, the worst first: what an operator
/// should know now.
json alarms_of(const system_view& x, const visitor& who);

/// `{time, nodes, streams, alarms}`, short.
json overview_of(const system_view& x, const visitor& who);

/// How many keyframes of a coordinator's status are unaccounted for:
/// received - answered - in flight - spooled - dropped; 0 by the law.
int64_t unaccounted(const json& coordinator);

} // namespace vpaas
