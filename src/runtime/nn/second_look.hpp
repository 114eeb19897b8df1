#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/frame_input.hpp"
#include "runtime/vision/second_opinion.hpp"
#include "runtime/vision/window_packer.hpp"

#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// A full-quality keyframe and what the cloud said of its poor copy.
struct look_request {
  frame picture;
  std::vector<region> regions;      ///< located only
  std::vector<box> labels;          ///< named by the cloud
  std::vector<std::string> names{}; ///< what the regions' hints stand for
  int64_t budget = -1; ///< pixels of its windows, 0: none; -1: as all
};

struct second_look_config {
  packing_config packing;
  opinion_rule rule;
  /// Labels that matter; none named: all. What hints at others is not looked
  /// at, and boxes of others do not count.
  std::vector<std::string> labels{};
  /// The grid on which pictures are cut: that of the cloud's detector, so that
  /// objects have the size that it knows.
  int width = 1280, height = 736;
  /// What else a window shows counts where it keeps so many pixels of that grid
  /// from the window's borders.
  int border = 8;
};

/// Looks once more, with a detector, at what a cloud could only locate: windows
/// around the regions, cut from full-quality frames, packed into one mosaic.
/// A fifth of the pixels of a whole frame, one run of the network for all
/// pictures of a call. Blocks; one caller at a time.
class second_look {
public:
  /// A network that takes no other size than its card's gets mosaics of that.
  /// Errors: those of `detection_model::load`.
  static caf::expected<second_look>
  load(const located_model& model, const load_options& options,
       second_look_config config = {}, network_shelf* shelf = nullptr);

  /// What it thinks of each region of each picture, in their order, and then of
  /// what else it saw there whole. A region that the budget left out was not
  /// looked at.
  /// @returns ec::inference
  caf::expected<std::vector<std::vector<second_opinion>>>
  look(const std::vector<look_request>& xs);

  const model_card& card() const {
    return model_.card();
  }

private:
  second_look(detection_model model, second_look_config config);

  void draw(const std::vector<look_request>& xs, const mosaic& m);

  detection_model model_;
  second_look_config config_;
  frame_input grid_;
  std::vector<input_batch> pages_;
  std::vector<bool> matters_; ///< of each label of the detector
};

} // namespace vpaas
