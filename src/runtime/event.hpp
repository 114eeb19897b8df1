#pragma once

#include "runtime/fields.hpp"

#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <cstdint>
#include <string>

namespace vpaas {

/// Something that a user's function says has happened. Known by (`stream`,
/// `frame`, `kind`, `object`, `zone`): the same event may be raised again and
/// is kept once.
struct event {
  uint64_t id = 0; ///< in the order of its ledger, from 1; 0: it is in none
  std::string stream;
  uint64_t frame = 0;     ///< that shows it
  caf::timestamp time;    ///< when that frame was captured
  std::string kind;       ///< "passed", "entered": the function's word
  uint64_t object = 0;    ///< its track; 0: none
  std::string label;      ///< of the object
  std::string zone;       ///< line or zone
  std::string value;      ///< what else the function says: "right"
  caf::timespan lasted{}; ///< so far; 0: a moment

  static constexpr auto type_name = "event";

  static constexpr auto fields() {
    using self = event;
    return std::make_tuple(
      field("id", &self::id), field("stream", &self::stream),
      field("frame", &self::frame), field("time", &self::time),
      field("kind", &self::kind), field("object", &self::object),
      field("label", &self::label), field("zone", &self::zone),
      field("value", &self::value), field("lasted", &self::lasted));
  }
};

/// Which events are asked for, in the order of their ids.
struct event_query {
  std::string stream;   ///< empty: all
  std::string kind;     ///< empty: all
  std::string zone;     ///< empty: all
  caf::timestamp since; ///< then or later; 1970: whenever
  uint64_t after = 0;   ///< id of the last one that is known
  uint64_t most = 1000;

  static constexpr auto type_name = "event_query";

  static constexpr auto fields() {
    using self = event_query;
    return std::make_tuple(
      field("stream", &self::stream), field("kind", &self::kind),
      field("zone", &self::zone), field("since", &self::since),
      field("after", &self::after), field("most", &self::most));
  }
};

} // namespace vpaas
