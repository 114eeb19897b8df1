#pragma once

#include "runtime/nn/network.hpp"

#include <caf/expected.hpp>

#include <vector>

namespace vpaas {

/// A classifier's network, for the features before its last layer and for the
/// probabilities after it.
class backbone {
public:
  /// Features and probabilities of a batch, row major, one row an image.
  struct answer {
    size_t images = 0, dimensions = 0, classes = 0;
    std::vector<float> features;      ///< [images, dimensions]
    std::vector<float> probabilities; ///< [images, classes]; may be empty
  };

  /// Loads the network. Errors: those of `load_network`, and ec::bad_config
  /// where the card names no output with features.
  static caf::expected<backbone> load(const located_model& model,
                                      const load_options& options);

  /// Blocks; one caller at a time.
  caf::expected<answer> run(const input_batch& in);

  const model_card& card() const {
    return card_;
  }

private:
  backbone(model_card card, network_ptr net)
    : card_(std::move(card)), net_(std::move(net)) {
    // nop
  }

  model_card card_;
  network_ptr net_;
};

} // namespace vpaas
