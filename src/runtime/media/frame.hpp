#pragma once

#include "runtime/media/segment.hpp"

#include <caf/expected.hpp>
#include <caf/timestamp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

struct AVFrame;

namespace vpaas {

/// How Y, U, V mean red, green, blue (ITU-R BT.601, BT.709, BT.2020).
enum class color_matrix : uint8_t { bt601, bt709, bt2020 };

constexpr auto names_of(color_matrix) {
  return std::array{"bt601", "bt709", "bt2020"};
}

struct color_space {
  color_matrix matrix = color_matrix::bt709;
  bool full_range = false; ///< Y is 0..255 instead of 16..235
};

/// What is known of a frame beside its pixels.
struct frame_info {
  uint64_t number = 0; ///< in display order, from 0 at the stream's start
  int64_t pts_us = no_time;
  caf::timestamp captured;
  color_space color;
  /// Decoded from incomplete data: parts of the picture are guessed.
  bool damaged = false;
};

/// Samples of one component, 8 bits each.
struct plane {
  const uint8_t* data = nullptr;
  ptrdiff_t stride = 0; ///< bytes from a row to the next, at least `width`
  int width = 0;
  int height = 0;
};

/// An upright picture in YUV 4:2:0, shared and immutable: a copy is a pointer.
/// The memory goes back to the pool of whoever made it. Chroma planes have
/// half the width and height, rounded up.
class frame {
public:
  frame() = default;

  /// @pre `pixels` is YUV 4:2:0 in 8 bits
  frame(std::shared_ptr<const AVFrame> pixels, frame_info info);

  /// Copies three planes. @returns ec::bad_input where their sizes do not fit.
  static caf::expected<frame> copy(const std::array<plane, 3>& planes,
                                   frame_info info);

  explicit operator bool() const {
    return pixels_ != nullptr;
  }

  int width() const;
  int height() const;

  /// Component 0 is Y, 1 is U (Cb), 2 is V (Cr).
  plane component(int i) const;

  /// Memory that the frame keeps from being used again.
  size_t bytes() const;

  const frame_info& info() const {
    return info_;
  }

  uint64_t number() const {
    return info_.number;
  }

  /// For the other files of this folder; null for an empty frame.
  const std::shared_ptr<const AVFrame>& pixels() const {
    return pixels_;
  }

  friend bool operator==(const frame& a, const frame& b) {
    return a.pixels_ == b.pixels_;
  }

private:
  std::shared_ptr<const AVFrame> pixels_;
  frame_info info_;
};

} // namespace vpaas
