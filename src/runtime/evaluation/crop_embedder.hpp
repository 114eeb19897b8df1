#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/nn/backbone.hpp"
#include "runtime/nn/frame_input.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <vector>

namespace vpaas {

/// Places of one frame that a backbone shall look at.
struct frame_crops {
  frame picture;
  std::vector<box> where;
  float gain = 1; ///< factor of all colours, cut at 255
};

/// A backbone that looks at crops of frames. Blocks; one caller at a time.
class crop_embedder {
public:
  /// @param max_batch crops in one run of the network: above 8 a CPU gains
  ///        nothing
  /// Errors: those of `backbone::load`.
  static caf::expected<crop_embedder> load(const located_model& model,
                                           const load_options& options,
                                           size_t max_batch = 8);

  /// Features of all crops, frame after frame, row major [crops, d], as they
  /// leave the network.
  caf::expected<std::vector<float>> embed(const std::vector<frame_crops>& xs);

  /// d; 0 before the first crop.
  size_t dimensions() const {
    return dimensions_;
  }

  const model_card& card() const {
    return net_.card();
  }

private:
  crop_embedder(backbone net, size_t max_batch);

  backbone net_;
  frame_input input_;
  size_t max_batch_;
  size_t dimensions_ = 0;
};

} // namespace vpaas
