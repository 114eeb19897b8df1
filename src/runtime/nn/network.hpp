#pragma once

#include "runtime/nn/card.hpp"
#include "runtime/vision/decode.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// Images ready for a network: floats with channels last, which is what the
/// engines compute on. Its owner keeps it between calls, so that its memory is
/// allocated once.
struct input_batch {
  int images = 0, height = 0, width = 0, channels = 3;
  std::vector<float> values;      ///< [images, height, width, channels]
  std::vector<placement> content; ///< where each image shows its frame

  /// Sizes the batch; the values are not cleared.
  void resize(int n, int h, int w);

  /// The numbers of one image.
  float* image(int i) {
    return values.data() + size_t(i) * size_t(height * width * channels);
  }
};

/// One output of a network: row-major floats that live as long as `owner`.
struct tensor {
  std::vector<int64_t> shape;
  const float* data = nullptr;
  std::shared_ptr<const void> owner;

  size_t size() const;

  /// Numbers of image `i`, the first axis being images.
  const float* image(size_t i) const {
    return data
           + (shape.empty() || shape[0] == 0 ? 0
                                             : i * (size() / size_t(shape[0])));
  }
};

/// A loaded model. One caller at a time; a call blocks for as long as the
/// network needs, so only detached actors make one.
class network {
public:
  virtual ~network() = default;

  /// Runs the network on a whole batch.
  /// @returns the outputs in the order of the model, or ec::inference where the
  ///          network refuses the shape of its input
  virtual caf::expected<std::vector<tensor>> run(const input_batch& in) = 0;

  /// The heads of a YOLO network; none for others.
  virtual std::vector<yolo_head> heads() const {
    return {};
  }
};

using network_ptr = std::unique_ptr<network>;

/// A card together with the places of its files on this machine.
struct located_model {
  model_card card;
  std::map<std::string, std::string> paths; ///< by role
};

struct load_options {
  std::string device = "cpu"; ///< or "cuda:0"
  int threads = 1;            ///< that compute inside one call
  number_type type = number_type::fp32;
};

/// The options that a card asks for. On a CPU without AVX-512 bf16 would be
/// emulated, so there it becomes fp32.
load_options options_for(const model_card& card,
                         const std::string& device = "cpu", int threads = 1);

/// Builds a network from its files and runs it once, so that the first real
/// call is as fast as the rest, and numbers that are none show at once.
/// @returns ec::bad_input for damaged files, ec::bad_config for a card that
///          does not describe them or a device that is not there
caf::expected<network_ptr> load_network(const located_model& model,
                                        const load_options& options);

/// Whether networks can be loaded on `device` here.
bool has_device(const std::string& device);

/// Engines. Each stands alone in its own translation units.
caf::expected<network_ptr> load_torch(const located_model& model,
                                      const load_options& options);
caf::expected<network_ptr> load_opencv(const located_model& model,
                                       const load_options& options);

} // namespace vpaas
