#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/vision/box.hpp"
#include "runtime/vision/placement.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace vpaas {

/// How a picture of another shape meets a network's input.
enum class fit : uint8_t {
  stretch,          ///< both sides on their own
  letterbox_corner, ///< shape kept, picture at the top left, padding behind it
  letterbox_center, ///< shape kept, padding on both sides
};

constexpr auto names_of(fit) {
  return std::array{"stretch", "letterbox_corner", "letterbox_center"};
}

enum class channel_order : uint8_t { rgb, bgr };

constexpr auto names_of(channel_order) {
  return std::array{"rgb", "bgr"};
}

enum class sample_type : uint8_t { f32, bf16 };

constexpr auto names_of(sample_type) {
  return std::array{"f32", "bf16"};
}

enum class tensor_layout : uint8_t { nchw, nhwc };

constexpr auto names_of(tensor_layout) {
  return std::array{"nchw", "nhwc"};
}

/// What a network wants to see: (v - mean) * scale for v in [0, 255], one mean
/// and scale a channel in the network's own channel order.
struct input_spec {
  int width = 0;
  int height = 0;
  fit how = fit::stretch;
  channel_order channels = channel_order::rgb;
  std::array<float, 3> mean{0, 0, 0};
  std::array<float, 3> scale{1, 1, 1};
  std::array<float, 3> pad{0, 0, 0}; ///< v where the picture does not reach
  sample_type type = sample_type::f32;
  tensor_layout layout = tensor_layout::nchw;
};

/// Returns where a picture of `width` by `height` comes to lie.
placement place(const input_spec& spec, int width, int height);

/// Bytes of one picture in the form of `spec`.
size_t input_bytes(const input_spec& spec);

/// Instructions that the work may use; each level gives the same pixels up to
/// rounding in the last bits of a float.
enum class instruction_set : uint8_t { scalar, avx2, avx512 };

constexpr auto names_of(instruction_set) {
  return std::array{"scalar", "avx2", "avx512"};
}

/// Returns the best that this processor has.
instruction_set best_instructions();

/// Writes pictures into network inputs: crop, resize, colour, normalisation and
/// layout in one pass over the frame. Bilinear with pixel centres at halves,
/// as OpenCV's INTER_LINEAR; Y, U and V are resized before they become colours,
/// chroma lies in the middle of its four pixels; the matrix and range are the
/// frame's. Tables are kept from call to call: one object a thread.
class input_writer {
public:
  explicit input_writer(input_spec spec,
                        instruction_set use = best_instructions());
  input_writer(input_writer&&) noexcept;
  input_writer& operator=(input_writer&&) noexcept;
  ~input_writer();

  const input_spec& spec() const;

  /// Writes the whole of `x`. @param out `input_bytes(spec())` bytes
  /// @pre `x` is not empty
  placement write(const frame& x, void* out);

  /// Writes one crop of `x` a box, one after the other.
  /// @param where normalised; widened to whole pixels, clamped to the frame, at
  ///        least one pixel
  /// @param out `boxes.size() * input_bytes(spec())` bytes
  std::vector<placement> write(const frame& x, const std::vector<box>& boxes,
                               void* out);

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

} // namespace vpaas
