#pragma once

#include "runtime/result.hpp"

#include <caf/actor_clock.hpp>
#include <caf/error.hpp>
#include <caf/timespan.hpp>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace vpaas {

/// Results of one stream on their way to the disk. They go in batches, one at a
/// time; where the disk is slow or away, one a second, so that subscribers get
/// theirs. What nobody took is offered again; what was refused, and what is
/// more than the bound, is handed back. Owned by the stream's coordinator.
class outbox {
public:
  using time_point = caf::actor_clock::time_point;
  using results = std::vector<frame_result>;

  /// An error of ours is a verdict on the batch, one of CAF's is none.
  using answer = std::function<void(const caf::error&)>;

  /// Offers a batch to whoever keeps results.
  using publish = std::function<void(const results&, answer)>;

  /// What became of a result.
  using settle = std::function<void(const frame_result&, bool on_disk)>;

  /// Called when something was settled, or is to be offered again.
  using changed = std::function<void(bool again)>;

  static constexpr size_t most = 4096; ///< results

  static constexpr auto slow = std::chrono::seconds{1};

  outbox(publish to, settle done, changed then)
    : publish_(std::move(to)), settle_(std::move(done)),
      changed_(std::move(then)) {
    // nop
  }

  void put(frame_result x);

  /// Offers what waits, unless a batch is on its way and not slow.
  void flush(time_point now);

  /// When to flush although nothing happens; none: not at all.
  std::optional<time_point> next() const;

  /// Results that are not settled.
  size_t size() const {
    return waiting_.size() + flying_;
  }

private:
  void answered(uint64_t id, const caf::error& problem);

  publish publish_;
  settle settle_;
  changed changed_;
  std::deque<frame_result> waiting_;
  std::map<uint64_t, results> batches_; ///< on their way
  uint64_t last_id_ = 0;
  size_t flying_ = 0; ///< results in `batches_`
  time_point sent_{}; ///< the last batch
};

} // namespace vpaas
