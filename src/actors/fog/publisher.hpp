#pragma once

#include "actors/alarm.hpp"
#include "actors/fog/results_config.hpp"
#include "actors/requests.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// The way of results to subscribers, a part of the actor `results`: each has a
/// bounded queue, which loses its oldest, and gets one request at a time. One
/// of them may be the node's own, the writer: it is spawned here and comes back
/// when it dies, with what it had not taken.
class publisher {
public:
  /// @param owner, counters outlive this
  publisher(results_pointer owner, const results_config& cfg,
            results_status& counters);

  publisher(const publisher&) = delete;

  publisher& operator=(const publisher&) = delete;

  /// Lets go of all.
  ~publisher();

  caf::error subscribe(const std::string& stream, const caf::actor& who);

  void hand_out(const shared_result& x);

  void forget(const caf::down_msg& x);

  /// The writer does not come back any more. @returns whether it still writes
  bool wind_up();

  size_t subscribers() const;

  /// Results that wait for subscribers, those on their way included.
  size_t queued() const;

private:
  struct subscriber {
    caf::actor handle; ///< null: a writer that is to come back
    std::string stream;
    std::deque<shared_result> waiting;
    std::vector<shared_result> flying; ///< on their way
  };

  void start_writer();

  void writer_died();

  /// Sends what waits if its last request was answered.
  void serve(subscriber& x, uint64_t id);

  void served(uint64_t id, const caf::actor_addr& by, bool answered);

  void drop(uint64_t id);

  results_pointer self_;
  const results_config& cfg_;
  results_status& counters_;
  std::map<uint64_t, subscriber> subscribers_; ///< by id, never used again
  uint64_t last_id_ = 0;
  uint64_t writer_id_ = 0; ///< 0: there is none
  size_t deaths_ = 0;      ///< of the writer, in a row
  bool winding_up_ = false;
  alarm clock_;
  requests asked_;
  std::minstd_rand random_;
};

} // namespace vpaas
