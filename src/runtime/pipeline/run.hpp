#pragma once

#include "runtime/pipeline/under_way.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace vpaas {

/// What somebody is asked to do. Without frames: to give what is held back.
struct pipeline_ask {
  uint64_t id = 0; ///< by which events refer to it
  size_t errand = 0;
  std::vector<uint64_t> frames;
  /// Of the errand's first stage, in their order; empty for one that is kept
  /// where the errand goes.
  std::vector<std::vector<piece_ptr>> inputs;
};

/// Keyframes came.
struct pieces_arrived {
  std::vector<piece_ptr> frames; ///< one a keyframe
  bool usual = true;             ///< the pipeline is asked
  bool stand_in = false;         ///< who stands in is asked at once
  std::string reason;            ///< why, where it is
};

/// A stage made something. What an answer speaks of need not be what its ask
/// was about: an encoder gives the frames of a chunk together.
struct stage_answered {
  uint64_t ask = 0;
  /// By the id of the stage that made it; empty: the errand's only one.
  std::vector<std::pair<std::string, piece_ptr>> made;
  std::vector<uint64_t> lost;  ///< it cannot be made of these
  std::string reason = "lost"; ///< why not
  bool complete = true;        ///< no other answer to this ask follows
  uint64_t sent = 0;           ///< bytes over a link
  uint64_t received = 0;       ///< the same
};

/// A stage could not do it.
struct stage_failed {
  uint64_t ask = 0;
  std::string reason; ///< empty, of who stands in: that for which it was asked
  std::vector<uint64_t> frames; ///< empty: all that are left of the ask
};

/// An answer is late: who stands in is asked, but it may still come.
struct stage_late {
  uint64_t ask = 0;
};

/// Who ran a stage is gone, and what it held back with it.
struct stage_gone {
  std::string stage;
  std::string reason;
};

/// No keyframe follows, or none for a while: chunks end.
struct keyframes_ended {
  bool after_all = false; ///< a chunk takes in those on their way to it
};

/// Nobody wants to know any more.
struct frames_forgotten {
  std::vector<uint64_t> frames;
};

using pipeline_event
  = std::variant<pieces_arrived, stage_answered, stage_failed, stage_late,
                 stage_gone, keyframes_ended, frames_forgotten>;

/// What is said about a keyframe.
enum class outcome : uint8_t {
  answered,    ///< by the pipeline
  stood_in,    ///< by who stands in for a tier
  uncorrected, ///< the pipeline cannot improve what a stand-in said
  unanswered,  ///< nobody can say anything
};

constexpr auto names_of(outcome) {
  return std::array{"answered", "stood_in", "uncorrected", "unanswered"};
}

struct verdict {
  uint64_t frame = 0;
  outcome how = outcome::answered;
  bool corrects = false; ///< a stand-in has answered before
  bool final = true;     ///< no other verdict about this keyframe follows
  std::string reason;    ///< why not, where it is not answered
  /// What to merge: the places of stages and what they made, in the order of
  /// the merge. Stages that had nothing to do are left out.
  std::vector<std::pair<size_t, piece_ptr>> made;
};

struct pipeline_step {
  std::vector<pipeline_ask> asks;
  std::vector<verdict> verdicts;
};

/// What a run has done, since its start.
struct pipeline_counts {
  uint64_t asks = 0;
  uint64_t billed = 0;   ///< frames
  uint64_t sent = 0;     ///< bytes
  uint64_t received = 0; ///< bytes
  uint64_t left_out = 0; ///< keyframes without the answer of an optional stage
  uint64_t late = 0;     ///< answers that nobody waited for

  static constexpr auto type_name = "pipeline_counts";

  static constexpr auto fields() {
    using self = pipeline_counts;
    return std::make_tuple(
      field("asks", &self::asks), field("billed", &self::billed),
      field("sent", &self::sent), field("received", &self::received),
      field("left_out", &self::left_out), field("late", &self::late));
  }
};

/// A plan at work: keyframes on their way through its stages. It says whom to
/// ask next and what became of each keyframe; who asks, how long to wait and
/// what is published is the caller's. Keyframes join at any time and are
/// forgotten with their last verdict; where the plan is to change, end this run
/// and begin another beside it. Every keyframe that arrived gets exactly one
/// final verdict, if every ask is answered or fails.
class pipeline_run {
public:
  explicit pipeline_run(plan_ptr plan);

  pipeline_step next(const pipeline_event& x);

  /// No keyframe is on its way.
  bool idle() const {
    return way_.empty();
  }

  const pipeline_plan& plan() const {
    return *way_.plan();
  }

  const plan_ptr& shared_plan() const {
    return way_.plan();
  }

  /// From now on these options hold.
  /// @pre `x` is the same pipeline with other parameters
  void change(plan_ptr x) {
    way_.change(std::move(x));
  }

  /// Keyframes that another tier has, or will be asked about.
  uint64_t away() const {
    return way_.away();
  }

  /// Keyframes that this stage has and has not answered.
  std::vector<uint64_t> at(const std::string& stage) const {
    return way_.asked_of(stage);
  }

  const pipeline_counts& counts() const {
    return counts_;
  }

  /// What of these frames an ask still waits for; none: nothing does.
  std::vector<uint64_t> waiting(uint64_t ask) const {
    return way_.waiting(ask);
  }

private:
  using numbers = std::vector<uint64_t>;

  void on(const pieces_arrived& x);
  void on(const stage_answered& x);
  void on(const stage_failed& x);
  void on(const stage_late& x);
  void on(const stage_gone& x);
  void on(const keyframes_ended& x);
  void on(const frames_forgotten& x);

  /// Asks for all that can be done for these now, and says what is complete.
  void advance(const numbers& xs);

  /// Those whose inputs came together go together: a part of a chunk is one
  /// ask.
  void ask_ready(size_t errand, const numbers& xs);

  /// Ends chunks that nobody else comes to.
  void end_chunks();

  void send(size_t errand, const numbers& xs);

  void fail(uint64_t frame, size_t errand, const std::string& reason);

  void ask_stand_in(uint64_t frame, const std::string& tier);

  void stand_in_failed(uint64_t frame, const std::string& reason);

  void stood_in(uint64_t frame, size_t errand);

  void give_verdict(uint64_t frame, outcome how);

  under_way way_;
  std::vector<bool> holding_; ///< an errand: it was asked since the last end
  std::vector<bool> ending_;  ///< an errand: its chunk ends after all
  uint64_t last_ask_ = 0;
  pipeline_step step_;
  pipeline_counts counts_;
};

} // namespace vpaas
