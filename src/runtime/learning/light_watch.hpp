#pragma once

#include "runtime/learning/heads_trial.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace vpaas {

struct light_watch_config {
  size_t pictures = 7; ///< the last ones, whose median is the camera's light
  /// Change that a backbone does not mind. On the synthetic street crops a
  /// fifth brighter are named as well, a fifth darker 2 points worse.
  float tolerance = 0.15f;
  float most = 4;          ///< factor, or one over it
  uint64_t lead = 10;      ///< crops by which a trial ends
  uint64_t longest = 1000; ///< crops of a trial; without a lead it has failed
};

/// By how much the pictures of a camera are brightened or darkened, so that
/// they have the light that a backbone was trained in: it needs no label, and
/// what drives by has next to no part in it. A factor, since more light is one
/// before a camera's curve and, that curve being a power, behind it. It is used
/// when it has made heads surer of more crops than less sure, in a sequential
/// test like that of new heads; until then, and where the light is the usual
/// one, pictures stay as they were. Pure: what a picture shows is told.
class light_watch {
public:
  explicit light_watch(light_watch_config cfg = {}) : cfg_(cfg) {
    // nop
  }

  /// A picture came.
  /// @param light see `light_of` @param usual light of the training
  void add(float light, float usual);

  /// By which pixels are multiplied.
  float gain() const {
    return gain_;
  }

  /// Another factor that crops are looked at with too, to judge it; the same
  /// where there is none.
  float tried() const {
    return tried_;
  }

  /// Whether heads were sure of a crop as it is used, and as it is tried.
  void judge(bool as_used, bool as_tried);

private:
  float wanted(float usual) const;

  bool alike(float a, float b) const;

  void end_trial();

  light_watch_config cfg_;
  std::deque<float> recent_;
  float gain_ = 1, tried_ = 1;
  float refused_ = 1; ///< that failed last
  trial_evidence evidence_;
};

} // namespace vpaas
