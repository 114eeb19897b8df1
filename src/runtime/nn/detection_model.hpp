#pragma once

#include "runtime/nn/network_shelf.hpp"
#include "runtime/vision/detection.hpp"

#include <caf/expected.hpp>

#include <vector>

namespace vpaas {

/// A detector: a network and the decoder that its card names.
class detection_model {
public:
  /// Loads the network with `options`. Errors: those of `load_network`, and
  /// ec::bad_config where the card's task is another.
  /// @param shelf where others have it that may be waited for; null: its own
  static caf::expected<detection_model> load(const located_model& model,
                                             const load_options& options,
                                             network_shelf* shelf = nullptr);

  /// Finds objects in every image of the batch, in coordinates of its frame.
  /// Blocks; one caller at a time.
  /// @returns ec::inference where the outputs are not those of the card
  caf::expected<std::vector<std::vector<detection>>>
  detect(const input_batch& in);

  const model_card& card() const {
    return card_;
  }

  /// What leaves the decoder; the card's values until changed. The protocol
  /// lowers them to its own location threshold.
  decode_limits& limits() {
    return card_.output.limits;
  }

private:
  detection_model(model_card card, network_ptr net)
    : card_(std::move(card)), net_(std::move(net)) {
    // nop
  }

  std::vector<detection> decode(const std::vector<tensor>& outputs,
                                const std::vector<yolo_head>& heads,
                                const input_batch& in, size_t i) const;

  model_card card_;
  network_ptr net_;
};

} // namespace vpaas
