#pragma once

#include "actors/alarm.hpp"
#include "actors/stream/stage_desk.hpp"
#include "runtime/policy/fallback.hpp"

#include <caf/actor_clock.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

struct coordinator_state;

/// A stream's keyframes on their way through its pipelines: runs each, asks
/// whom its stages name, and hands over its verdicts. Another pipeline begins a
/// run of its own, with a chunk of its own; the one before goes on with what it
/// has. What is sent once more has a run of its own as well. Part of a
/// coordinator.
class analysis {
public:
  using numbers = std::vector<uint64_t>;
  using time_point = caf::actor_clock::time_point;

  explicit analysis(coordinator_state& all) : all_(all), desk_(all) {
    // nop
  }

  /// What keyframes go through from now on.
  void choose(plan_ptr x);

  const pipeline_plan& plan() const {
    return *plan_;
  }

  bool uses_cloud() const;

  /// Somebody can answer without the cloud.
  bool has_stand_in() const;

  /// Hands on keyframes in order.
  /// @param whom asks the pipeline (cloud), who stands in (fog), or both
  /// @param reason why not the pipeline alone
  /// @param again they were sent before: in a chunk apart
  void begin(const std::vector<frame>& xs, fallback::plan whom,
             const std::string& reason, bool again);

  /// Hands on keyframes from disk, in a chunk apart.
  void begin_again(const std::vector<frame>& xs, bool by_cloud);

  /// Lets the next keyframe begin a chunk.
  /// @param after_all the next but those that are on their way
  void end_chunks(bool after_all = false);

  /// Nobody wants to know of it any more.
  void forget(uint64_t frame);

  /// What the encoder had and did not hand on is given to another.
  void encoder_lost();

  /// Hands over what misses its deadline.
  void look_at_deadlines();

  /// Ends a chunk that waits in vain for more of a camera.
  void look_at_chunks();

  /// Something happened to a line; one that is gone does not care.
  void tell(uint64_t line, const pipeline_event& x);

  /// Keyframes that the cloud has, or that are on their way there.
  size_t away() const;

  /// Items that an encoder has.
  size_t at_encoder() const {
    return desk_.at_encoder();
  }

  /// Keyframes that the fog's own detector has.
  size_t standing_in() const {
    return desk_.standing_in();
  }

private:
  /// A pipeline at work on a stream, or on what is sent again.
  struct line {
    pipeline_run run;
    std::string stream; ///< that its chunks have
  };

  using address = stage_desk::address;

  struct question {
    address to;
    uint64_t networks = 0; ///< that look at its frames
    numbers frames;
    time_point asked;
    uint64_t bytes = 0; ///< with envelopes
  };

  void ask(uint64_t line, const pipeline_ask& x);

  void ask_away(uint64_t line, const pipeline_ask& x);

  void cloud_answered(uint64_t question, const item& x);

  void cloud_failed(uint64_t question, const caf::error& cause);

  /// Traces what the cloud was asked.
  /// @param in null: it did not answer
  void trace(const question& x, const chunk_answer* in, uint64_t bytes);

  /// The cloud will not answer these.
  void not_in_cloud(address to, const numbers& xs, const std::string& reason);

  coordinator_state& all_;
  stage_desk desk_; ///< asks those that are here
  plan_ptr plan_;
  std::map<uint64_t, line> lines_;
  uint64_t now_ = 0, again_ = 0; ///< the lines for what comes
  uint64_t last_line_ = 0;
  std::map<uint64_t, question> questions_; ///< of the cloud
  uint64_t last_question_ = 0;
  size_t depth_ = 0;
  alarm deadlines_;
  time_point begun_at_{}; ///< the last keyframes
  alarm chunks_;
};

} // namespace vpaas
