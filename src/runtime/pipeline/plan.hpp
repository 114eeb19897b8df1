#pragma once

#include "runtime/pipeline/pipeline.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// A stage of a plan; its `inputs` stand before it.
struct planned_stage {
  pipeline_stage spec; ///< options set, without parameters
  std::string takes;   ///< kind of item, after inputs were joined
  std::string gives;
  /// Places of its inputs in the plan; `from_source` for keyframes.
  std::vector<size_t> from;
  size_t errand = 0;       ///< that it is part of
  bool holds_back = false; ///< keyframes, until a later one comes
  /// Asked about every keyframe, in order, also where an input says nothing:
  /// what it says rests on what it saw before.
  bool in_turn = false;
  bool billed = false;    ///< every frame that it looks at costs
  bool returns = false;   ///< the home tier needs what it gives
  bool is_kept = false;   ///< a later errand to this tier needs it there
  bool stands_in = false; ///< where a tier is gone
};

constexpr size_t from_source = size_t(-1);

/// Stages of one tier that run one after the other on what was sent for the
/// first of them: to another tier that is one crossing of the link.
struct errand {
  std::string tier;
  std::vector<size_t> stages; ///< places in the plan, at least one
  bool optional = false;      ///< all of them are
};

/// A pipeline that was checked, with its parameters set, ready to run.
struct pipeline_plan {
  std::string name;
  document parameters;               ///< all of them, by name
  parameter_specs parameter_table;   ///< what they may be
  std::vector<planned_stage> stages; ///< in an order in which they can run
  std::vector<errand> errands;       ///< in the same order
  std::vector<size_t> result;        ///< stages that the merge takes
  merge_spec merge;
  /// Errands, of one stage each, that answer where a tier is gone. They stand
  /// last.
  std::map<std::string, size_t> without;

  /// Whether the pipeline needs this tier.
  bool uses(const std::string& tier) const;

  /// The errand that answers where `tier` is gone, or where anything failed.
  std::optional<size_t> stand_in(const std::string& tier) const;
};

using plan_ptr = std::shared_ptr<const pipeline_plan>;

} // namespace vpaas
