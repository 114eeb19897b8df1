#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/media/network_input.hpp"
#include "runtime/nn/network.hpp"
#include "runtime/vision/box.hpp"

#include <vector>

namespace vpaas {

/// Writes decoded frames, or crops of them, into batches for the network of one
/// card. Keeps tables and the batch from call to call: one object a thread.
class frame_input {
public:
  explicit frame_input(const card_input& how);

  /// Empties the batch. @param images that will be added
  void begin(size_t images);

  /// Adds a whole frame. @pre it is not empty, and `begin` left room
  void add(const frame& x);

  /// Adds one crop a box (normalised). @pre as above
  /// @param gain factor of all colours, cut at 255
  void add(const frame& x, const std::vector<box>& crops, float gain = 1);

  /// What was added. @pre as much as `begin` was told
  const input_batch& batch() const {
    return batch_;
  }

private:
  void brighten(int image, float gain);

  input_writer writer_;
  input_batch batch_;
  int used_ = 0;
};

} // namespace vpaas
