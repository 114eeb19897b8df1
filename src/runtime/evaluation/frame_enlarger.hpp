#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/nn/frame_input.hpp"
#include "runtime/nn/network.hpp"

#include <caf/expected.hpp>

#include <optional>

namespace vpaas {

/// A super-resolution network that looks at frames of video. Blocks; one caller
/// at a time.
class frame_enlarger {
public:
  /// Errors: those of `load_network`, and ec::bad_config where the model does
  /// something else.
  static caf::expected<frame_enlarger> load(const located_model& model,
                                            const load_options& options);

  /// The same picture, larger by the scale of the card, in the same colours.
  /// @returns ec::inference
  caf::expected<frame> enlarge(const frame& x);

private:
  frame_enlarger(model_card card, network_ptr net)
    : card_(std::move(card)), net_(std::move(net)) {
    // nop
  }

  model_card card_;
  network_ptr net_;
  std::optional<frame_input> input_; ///< for frames of the size below
  int width_ = 0, height_ = 0;
};

} // namespace vpaas
