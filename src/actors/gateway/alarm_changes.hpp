#pragma once

#include "runtime/json.hpp"

#include <caf/actor_clock.hpp>
#include <caf/timespan.hpp>

#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// Makes "raised" and "cleared" out of the list of alarms that are. An alarm is
/// known by level, subject and remedy: its message may have a number that
/// counts on. One that is away is cleared after a while, so that one that
/// flickers is told once.
class alarm_changes {
public:
  using time_point = caf::actor_clock::time_point;

  static constexpr caf::timespan hold = std::chrono::seconds(10);

  /// @param alarms see `alarms_of` @returns the same objects with a `change`
  std::vector<json> update(const json& alarms, time_point now);

private:
  struct known {
    json alarm;
    time_point seen;
  };

  std::map<std::string, known> all_;
};

} // namespace vpaas
