#pragma once

#include "runtime/learning/taught_crop.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// What new heads do to the held-out crops of one class.
struct class_verdict {
  std::string label;     ///< empty: background
  uint64_t held_out = 0; ///< crops
  uint64_t before = 0;   ///< named right by the heads that are live
  uint64_t now = 0;      ///< and by the new ones
  uint64_t lost = 0;     ///< right before, wrong now

  static constexpr auto type_name = "class_verdict";

  static constexpr auto fields() {
    using self = class_verdict;
    return std::make_tuple(
      field("label", &self::label), field("held_out", &self::held_out),
      field("before", &self::before), field("now", &self::now),
      field("lost", &self::lost));
  }
};

struct gate_verdict {
  bool passed = false;
  std::string why; ///< not
  uint64_t held_out = 0;
  double before = 0; ///< share of the held-out crops that is named right
  double now = 0;
  /// How often luck alone would make heads that are no better look as good:
  /// one-sided sign test over the crops on which the two differ; 1: no proof.
  double luck = 1;
  std::vector<class_verdict> classes;

  static constexpr auto type_name = "gate_verdict";

  static constexpr auto fields() {
    using self = gate_verdict;
    return std::make_tuple(
      field("passed", &self::passed), field("why", &self::why),
      field("held_out", &self::held_out), field("before", &self::before),
      field("now", &self::now), field("luck", &self::luck),
      field("classes", &self::classes));
  }
};

struct head_gate_config {
  /// Crops that a class may lose beyond what it gains, as a share of its
  /// held-out ones.
  double max_loss = 0.01;
  /// Of heads that know no class more than the first ones: see
  /// `gate_verdict::luck`.
  double max_luck = 0.1;
  float sure = 0.9f; ///< score of a name that is not asked about
  /// Share of such names that new heads may change to others that were known.
  double max_change = 0.005;
};

/// Whether new heads may take the place of those that are live: on crops that
/// were never learnt from they are no worse on the whole, and no class loses
/// more than `max_loss`, nor do the crops of one annotator, whom another one's
/// labels may contradict. Where nothing is held out yet they may.
gate_verdict judge(const one_vs_all& live, const one_vs_all& next,
                   const std::vector<taught_crop>& held_out,
                   const head_gate_config& cfg = {});

/// Whether heads spoil what the first ones, before anything was learnt, were
/// sure of, more than those do that are live: such names may change to classes
/// that were not known, all others keep theirs but for `max_change`. It needs
/// no label, so that labels of a careless annotator do not count here.
/// @param around crops without a label, as they come
/// @returns why they may not be used; empty: they may
std::string spoils(const one_vs_all& first, const one_vs_all& live,
                   const one_vs_all& next,
                   const std::vector<taught_crop>& around,
                   const head_gate_config& cfg = {});

} // namespace vpaas
