#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/frame_input.hpp"

#include <caf/expected.hpp>

#include <vector>

namespace vpaas {

/// A detector that looks at frames of video. Blocks; one caller at a time.
class frame_detector {
public:
  /// Errors: those of `detection_model::load`.
  static caf::expected<frame_detector> load(const located_model& model,
                                            const load_options& options,
                                            network_shelf* shelf = nullptr);

  /// Finds objects, those included that are only located as well as the card's
  /// region filter wants. @returns ec::inference
  caf::expected<std::vector<detection>> detect(const frame& x);

  /// The same for many frames, in batches as large as the card allows.
  caf::expected<std::vector<std::vector<detection>>>
  detect(const std::vector<frame>& xs);

  /// What it finds where the frame lies `right` and `down` pixels further in
  /// its input: the same picture to people, other numbers to a network.
  caf::expected<std::vector<detection>> detect_shifted(const frame& x,
                                                       int right, int down);

  /// Lets through what another filter than the card's wants.
  void serve(const region_filter_config& filter);

  const model_card& card() const {
    return model_.card();
  }

private:
  explicit frame_detector(detection_model model);

  detection_model model_;
  frame_input input_;
};

} // namespace vpaas
