#pragma once

#include "actors/alarm.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/frame.hpp"
#include "runtime/pipeline/run.hpp"
#include "runtime/policy/fallback.hpp"

#include <caf/actor_clock.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <map>
#include <memory>
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

  explicit analysis(coordinator_state& all) : all_(all) {
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

  /// Keyframes that the cloud has, or that are on their way there.
  size_t away() const;

  /// Items that an encoder has.
  size_t at_encoder() const {
    return at_encoder_;
  }

  /// Keyframes that the fog's own detector has.
  size_t standing_in() const {
    return standing_in_;
  }

private:
  /// A pipeline at work on a stream, or on what is sent again.
  struct line {
    pipeline_run run;
    std::string stream; ///< that its chunks have
  };

  /// An ask of a line.
  struct address {
    uint64_t line;
    uint64_t ask;
  };

  struct question {
    address to;
    uint64_t networks = 0; ///< that look at its frames
  };

  /// What somebody here is asked, while its pictures are fetched.
  struct job {
    address to;
    plan_ptr plan; ///< that holds the stage
    const planned_stage* stage;
    std::string stream; ///< of its items
    numbers frames;
    bool ends = false;                     ///< it is to give what it holds back
    std::vector<std::vector<item>> inputs; ///< of the stage
    std::vector<item> pictures;
  };

  void tell(uint64_t line, const pipeline_event& x);

  void ask(uint64_t line, const pipeline_ask& x);

  // -- here -------------------------------------------------------------------

  void ask_here(uint64_t line, const pipeline_ask& x);

  void start(std::shared_ptr<job> x);

  /// Fetches the pictures from the given one on, then applies the function.
  void fetch(std::shared_ptr<job> x, size_t from);

  void picture_gone(job& x, uint64_t number);

  void apply(std::shared_ptr<job> x);

  void applied(const job& x, const numbers& frames, time_point asked,
               const caf::expected<item>& y);

  /// Whether the fog's own detector shall not be asked, and under which reason.
  bool refuses(const job& x, std::string& reason);

  // -- in the cloud -----------------------------------------------------------

  void ask_away(uint64_t line, const pipeline_ask& x);

  void cloud_answered(uint64_t question, const item& x);

  void cloud_failed(uint64_t question, const caf::error& cause);

  /// The cloud will not answer these.
  void not_in_cloud(address to, const numbers& xs, const std::string& reason);

  coordinator_state& all_;
  plan_ptr plan_;
  std::map<uint64_t, line> lines_;
  uint64_t now_ = 0, again_ = 0; ///< the lines for what comes
  uint64_t last_line_ = 0;
  std::map<uint64_t, frame> at_hand_;      ///< pictures of what begins now
  std::map<uint64_t, question> questions_; ///< of the cloud
  uint64_t last_question_ = 0;
  size_t at_encoder_ = 0, standing_in_ = 0, depth_ = 0;
  alarm deadlines_;
  time_point begun_at_{}; ///< the last keyframes
  alarm chunks_;
};

} // namespace vpaas
