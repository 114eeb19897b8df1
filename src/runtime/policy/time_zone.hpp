#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace vpaas {

/// The clocks on the walls of a place, by the rule that POSIX has for them
/// [IEEE 1003.1, 8.3, TZ]: "UTC0", or "CET-1CEST,M3.5.0,M10.5.0/3". Hours of
/// changes may be from -167 to 167, as in zone files [RFC 8536, 3.3.1].
class time_zone {
public:
  /// @returns ec::bad_config with what is wrong, and where
  static caf::expected<time_zone> parse(const std::string& rule);

  /// Seconds that these clocks are ahead of UTC. @param utc seconds since 1970
  int64_t ahead_at(int64_t utc) const;

private:
  friend class zone_reader;

  enum class day_of : uint8_t { month, year_without_leap_day, year };

  /// When clocks change, each year.
  struct change {
    day_of by = day_of::month;
    int month = 1, week = 1; ///< of `month`; week 5: the last
    int day = 0;             ///< of the week from Sunday, or of the year
    int64_t second = 7200;   ///< of that day, by the clocks before the change

    /// Seconds since 1970, by the clocks before the change.
    int64_t in(int64_t year) const;
  };

  struct summer {
    int64_t ahead = 0;
    change begin, end;
  };

  int64_t ahead_ = 0;
  std::optional<summer> summer_;
};

/// Days since 1970 of a date; the month counts from 1.
int64_t days_to(int64_t year, int month, int day);

/// The year in which a day since 1970 lies.
int64_t year_of(int64_t days);

/// 0 is Sunday.
int weekday_of(int64_t days);

/// `a / b` towards minus infinity. @pre `b > 0`
constexpr int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

} // namespace vpaas
