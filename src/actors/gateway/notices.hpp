#pragma once

#include "actors/gateway/outlet.hpp"
#include "runtime/mqtt/mqtt_client.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// `{"notices": [{"type": "event", "event": {...}}, {"type": "alarm", ...}]}`:
/// what a webhook is sent.
std::string webhook_body(const std::vector<notice>& xs);

/// First parts of topics.
struct mqtt_topics {
  std::string prefix = "vpaas";
  std::string discovery; ///< of Home Assistant; empty: it is not told
};

/// What a broker is sent: PREFIX/NODE/STREAM/{event,state,result},
/// PREFIX/alarm and PREFIX/alarms; and, for Home Assistant, which sensors a
/// stream has.
std::vector<mqtt_message> mqtt_messages(const std::vector<notice>& xs,
                                        const mqtt_topics& topics);

} // namespace vpaas
