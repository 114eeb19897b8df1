#pragma once

#include "runtime/metrics/trace.hpp"
#include "runtime/result.hpp"

#include <caf/actor_clock.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// Notes what is done for each keyframe of a stream that is traced, and hands
/// it to the exporter once the result is published. Does nothing where nobody
/// exports. Part of a coordinator.
class trace_desk {
public:
  using numbers = std::vector<uint64_t>;
  using time_point = caf::actor_clock::time_point;

  static constexpr size_t most = 4096; ///< keyframes; older ones have no trace

  explicit trace_desk(coordinator_state& all) : all_(all) {
    // nop
  }

  bool on() const;

  /// Keyframes came from the camera, in so many bytes.
  void arrived(const numbers& xs, uint64_t bytes);

  /// It is known when this one was filmed, and with that whether it is traced.
  void begin(uint64_t frame, caf::timestamp captured);

  /// Something was done for these until now.
  void note(const numbers& xs, trace_step x, time_point begun);

  /// Its result is on its way to who keeps it.
  void finished(uint64_t frame);

  /// It is there, or nobody kept it.
  /// @param open its result may be corrected
  void published(const frame_result& x, bool kept, bool open);

  /// It has no result, and why.
  void gave_up(frame_result x, const std::string& reason);

  /// The node of the cloud, as its link says.
  void cloud_is(const std::string& node) {
    cloud_ = node;
  }

  const std::string& cloud() const {
    return cloud_;
  }

private:
  struct record {
    std::vector<trace_step> steps;
    caf::timespan finished{0}; ///< steady; 0: not yet
  };

  caf::timespan steady(time_point x) const;

  void tell(record& from, const frame_result& x, bool kept,
            const std::string& error);

  coordinator_state& all_;
  std::map<uint64_t, record> records_;
  std::string cloud_;
};

} // namespace vpaas
