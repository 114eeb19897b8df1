#pragma once

#include "runtime/worker/worker_process.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// How a worker is kept alive.
struct worker_rules {
  worker_config start;
  caf::timespan limit = std::chrono::seconds(5); ///< of a frame
  size_t intensity = 5; ///< ends within `period` that are still borne
  caf::timespan period = std::chrono::seconds(30);

  caf::error validate() const;
};

/// What became of frames, and of the processes.
struct worker_counters {
  uint64_t answered = 0;
  uint64_t failed = 0;        ///< it threw
  uint64_t wrong = 0;         ///< it answered what is no answer
  uint64_t crashed = 0;       ///< its process ended
  uint64_t late = 0;          ///< its process was ended at the limit
  uint64_t out_of_memory = 0; ///< its process was started again
  uint64_t refused = 0;       ///< there was no process: it had ended too often
  uint64_t starts = 0;        ///< of processes
  std::string last_problem;

  static constexpr auto type_name = "worker_counters";

  static constexpr auto fields() {
    using self = worker_counters;
    return std::make_tuple(
      field("answered", &self::answered), field("failed", &self::failed),
      field("wrong", &self::wrong), field("crashed", &self::crashed),
      field("late", &self::late), field("out_of_memory", &self::out_of_memory),
      field("refused", &self::refused), field("starts", &self::starts),
      field("last_problem", &self::last_problem));
  }
};

/// A worker that is started when it is needed, and again when it ended: the
/// frame that it was working on has no answer, those behind it go to the next
/// process. One that ended more than `intensity` times within `period` is not
/// started until that is over. Blocks.
class kept_worker {
public:
  using time_source = std::function<caf::timespan()>;

  /// @param now any clock that does not go back
  /// @pre `!rules.validate()`
  kept_worker(worker_rules rules, time_source now);

  /// For each frame, in order, what the function found, checked; or ec::io,
  /// ec::deadline, ec::inference or ec::bad_config and why there is nothing.
  std::vector<caf::expected<worker_answer>>
  apply(const std::vector<vpaas_frame>& frames);

  const worker_counters& counters() const {
    return counters_;
  }

  /// What the function says of itself; null where no process is there.
  const worker_hello* hello() const {
    return process_ ? &process_->hello() : nullptr;
  }

private:
  /// @returns why there is no process
  caf::error ensure();

  /// Hands over frames from `next` on, as far as there is room.
  caf::error fill(const std::vector<vpaas_frame>& frames, size_t& next);

  caf::expected<worker_answer> take();

  /// The process is of no use any more.
  void drop();

  worker_rules rules_;
  time_source now_;
  std::unique_ptr<worker_process> process_;
  std::deque<caf::timespan> ends_;
  worker_counters counters_;
};

} // namespace vpaas
