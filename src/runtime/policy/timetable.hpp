#pragma once

#include "runtime/policy/time_zone.hpp"

#include <caf/expected.hpp>
#include <caf/timestamp.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// When something holds, by the clocks on the walls of a place:
/// "22:00-06:00 Europe/Berlin", "weekdays 22:00-06:00, weekends UTC",
/// "Mon-Fri, Sun 08:00-12:00 UTC". What goes beyond midnight belongs to the day
/// on which it begins. What is in the hour that clocks leave out does not
/// happen, what is in the one that they show twice happens twice.
class timetable {
public:
  /// @returns ec::bad_config with the word that is wrong, and what is allowed
  static caf::expected<timetable> parse(const std::string& text);

  /// The last word: where these clocks are. What its rule is others know.
  const std::string& place() const {
    return place_;
  }

  /// @param zone of that place
  bool holds(caf::timestamp now, const time_zone& zone) const;

private:
  struct window {
    unsigned days = 0; ///< bit 0 is Sunday
    int from = 0;      ///< minutes of the day
    int to = 0;        ///< likewise; not more than `from`: of the next day
  };

  static caf::expected<window> parse_window(const std::string& text);

  std::string place_;
  std::vector<window> windows_;
};

} // namespace vpaas
