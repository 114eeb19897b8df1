#pragma once

#include "runtime/event.hpp"
#include "runtime/result.hpp"
#include "runtime/result_batch.hpp"

#include <caf/actor_clock.hpp>
#include <caf/timespan.hpp>

#include <deque>
#include <functional>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// Where a stream's functions of results work on what is about to be published,
/// and where the events that they raise wait for who keeps them. Functions that
/// are not there, die, or take longer than their patience cost no result: it
/// goes out as it is, counted. Events are offered until they are kept, up to a
/// bound. Part of a coordinator.
class result_desk {
public:
  using results = std::vector<frame_result>;
  using time_point = caf::actor_clock::time_point;
  using receiver = std::function<void(const results&)>;

  /// For a batch, and more for each of its results: there are many after an
  /// outage. Less than what makes an outbox send the next batch.
  static constexpr caf::timespan patience = std::chrono::milliseconds{800};
  static constexpr caf::timespan patience_each = std::chrono::milliseconds{5};

  /// Who did not answer in time is not asked for so long.
  static constexpr auto rest = std::chrono::seconds{10};

  static constexpr size_t most_events = 10'000;

  explicit result_desk(coordinator_state& all) : all_(all) {
    // nop
  }

  /// Whether all neighbours are there that it has.
  bool ready() const;

  /// The functions are there, and know nothing.
  void found() {
    anew_ = true;
  }

  /// Calls `then` with as many results of the same frames.
  void pass(const results& xs, receiver then);

  /// Offers events that wait, if it is time.
  void flush();

  /// Events that wait to be kept.
  size_t waiting() const {
    return events_.size() + offered_;
  }

private:
  /// After a restart of the stream: what it published last is in the ledger.
  void recall(const results& xs, receiver then);

  void ask(const results& xs, receiver then);

  void answered(const results& xs, const result_batch* out,
                const receiver& then);

  void remember(const results& xs);

  void keep(const std::vector<event>& xs);

  coordinator_state& all_;
  bool anew_ = false;     ///< the functions know nothing yet
  bool recalled_ = false; ///< the ledger was asked
  time_point rest_until_{};
  std::deque<frame_result> recent_; ///< in order, as they went out
  std::deque<event> events_;
  size_t offered_ = 0; ///< events on their way
  time_point offer_at_{};
};

} // namespace vpaas
