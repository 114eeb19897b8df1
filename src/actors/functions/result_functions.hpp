#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/node/lua_function.hpp"
#include "runtime/result_batch.hpp"
#include "runtime/vision/stream_tracker.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// What it answers to `status`.
struct result_functions_status {
  uint64_t items = 0;   ///< batches
  uint64_t failed = 0;  ///< batches that were answered with an error
  uint64_t results = 0; ///< of these batches
  uint64_t late = 0;    ///< of them out of order
  uint64_t objects = 0; ///< of these results, before the functions
  uint64_t tracked = 0; ///< of them with a track
  uint64_t events = 0;
  /// Results that a function failed on and left as they were, by its name.
  std::map<std::string, uint64_t> failures;
  std::string last_problem;

  static constexpr auto type_name = "result_functions_status";

  static constexpr auto fields() {
    using self = result_functions_status;
    return std::make_tuple(
      field("items", &self::items), field("failed", &self::failed),
      field("results", &self::results), field("late", &self::late),
      field("objects", &self::objects), field("tracked", &self::tracked),
      field("events", &self::events), field("failures", &self::failures),
      field("last_problem", &self::last_problem));
  }
};

/// The function `result_functions`: what a stream found goes through its
/// tracker and its user's Lua functions, one after the other; changed results
/// and events come out. A result that a function fails on goes on as it was,
/// counted. What is out of order, answered or corrected later, takes the tracks
/// of what stood there, and disturbs neither tracks nor counts. One that is
/// started anew goes on with the tracks of what went out before. Depends on
/// nobody; Lua may take its time: with functions, spawn it detached.
class result_functions {
public:
  static constexpr auto name = "result_functions";
  static constexpr auto verb = "take through functions";

  static function_spec spec();

  /// @returns ec::bad_config where a function cannot be loaded
  static caf::error check(const document& parameters);

  /// @pre `!check(parameters)`; without its functions otherwise
  result_functions(caf::scheduled_actor*, const document& parameters);

  static bool takes(const item& x) {
    return x.value.get<result_batch>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  /// Functions that are named anew forget what they counted; tracks live on.
  caf::error configure(const document& from, const document& to);

  const result_functions_status& status() const {
    return counters;
  }

  result_functions_status counters;

private:
  void set_tracker(const document& parameters);

  void recall(const std::vector<frame_result>& xs);

  /// Gives its objects tracks.
  void follow(frame_result& x, int64_t time);

  /// Lets the functions change it, and adds what they raise.
  void change(frame_result& x, bool late, int64_t time,
              std::vector<event>& raised);

  /// Microseconds that only grow: the stream's own time; where that jumps back
  /// the time between two arrivals takes its place.
  int64_t next_time(const frame_result& x);

  std::optional<stream_tracker> tracks_;
  std::vector<lua_function> functions_;
  std::optional<uint64_t> last_; ///< frame in order
  int64_t time_ = 0, shift_ = 0, arrived_ = 0;
};

} // namespace vpaas
