#pragma once

#include "runtime/pipeline/piece.hpp"
#include "runtime/pipeline/plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace vpaas {

/// How far a keyframe has come with an errand.
enum class errand_phase : uint8_t {
  idle,
  asked,
  made,
  empty, ///< it has nothing to say of it, or failed
};

/// A keyframe between its arrival and its last verdict.
struct keyframe_progress {
  std::vector<errand_phase> errands;
  std::vector<uint64_t> asks;  ///< an errand, while it is asked
  std::vector<piece_ptr> made; ///< a stage
  piece_ptr source;
  bool usual = false; ///< the pipeline may still answer
  bool away = false;  ///< another tier has it, or will be asked about it
  bool stand_in_asked = false;
  bool stood_in = false;
  std::string reason; ///< of the first failure

  /// Whether the errand can be asked: what it needs is there, or will not be.
  bool ready(const pipeline_plan& plan, size_t errand) const;

  /// An input says that there is nothing to do for this keyframe.
  bool in_vain(const pipeline_plan& plan, size_t errand) const;

  /// Whether every errand but those that stand in has answered, or will not.
  bool complete(const pipeline_plan& plan) const;
};

const planned_stage& first_stage(const pipeline_plan& plan, size_t errand);

/// The keyframes of a run and the asks that they wait for. Pure.
class under_way {
public:
  using numbers = std::vector<uint64_t>;

  explicit under_way(plan_ptr plan) : plan_(std::move(plan)) {
    // nop
  }

  const plan_ptr& plan() const {
    return plan_;
  }

  /// @pre `x` has the same stages
  void change(plan_ptr x) {
    plan_ = std::move(x);
  }

  bool empty() const {
    return frames_.empty();
  }

  /// Keyframes that another tier has, or will be asked about.
  uint64_t away() const {
    return away_;
  }

  /// Keyframes that this stage has and has not answered.
  numbers asked_of(const std::string& stage) const;

  /// A keyframe came. @returns false where it is under way
  bool begin(const piece_ptr& source, bool usual, const std::string& reason);

  /// Nobody waits for it any more.
  void forget(uint64_t frame);

  /// Null where it is not under way.
  keyframe_progress* find(uint64_t frame);

  const keyframe_progress& at(uint64_t frame) const {
    return frames_.at(frame);
  }

  /// What it makes of an errand that was not asked, or failed.
  void set(uint64_t frame, size_t errand, errand_phase x);

  /// The pipeline will not answer it.
  void resign(uint64_t frame);

  /// The first keyframe that an errand which sees one after the other has not
  /// passed; none where it has them all.
  std::optional<uint64_t> next_in_turn(size_t errand) const;

  /// Whether a keyframe is on its way to it.
  bool comes(size_t errand) const;

  void ask(uint64_t id, size_t errand, const numbers& xs);

  /// What an ask is about; none where it is closed.
  std::optional<size_t> errand_of(uint64_t ask) const;

  /// What of its frames an ask still waits for.
  numbers waiting(uint64_t ask) const;

  /// Closes an ask that waits for nothing.
  void close_if_done(uint64_t ask);

  /// Something was made for whoever waits for it.
  /// @param stage that made it; empty: the errand's only one, or its answer
  /// @returns the keyframes that waited
  numbers take(const std::string& stage, size_t errand, const piece_ptr& x);

  /// The errand has answered it.
  void settle(uint64_t frame, size_t errand);

private:
  /// What an ask is about, and who of it waits.
  struct open_ask {
    size_t errand;
    std::set<uint64_t> frames;
  };

  /// Brings `away_` up to date after a change.
  void count_away(keyframe_progress& x);

  plan_ptr plan_;
  std::map<uint64_t, keyframe_progress> frames_;
  std::map<uint64_t, open_ask> asks_;
  uint64_t away_ = 0;
};

} // namespace vpaas
