#pragma once

#include "runtime/vision/street_background.hpp"
#include "runtime/vision/street_scene.hpp"
#include "runtime/vision/street_sprite.hpp"
#include "runtime/vision/truth.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace vpaas {

/// Where a picture in YUV 4:2:0 is to be written, 8 bits a sample.
struct street_planes {
  uint8_t* y = nullptr;
  uint8_t* u = nullptr;
  uint8_t* v = nullptr;
  ptrdiff_t stride = 0; ///< of Y, bytes
  ptrdiff_t chroma = 0; ///< of U and V, bytes
};

/// A street seen by a fixed camera, made up from a seed: the same seed shows
/// the same pixels, whatever was drawn before. It was made to show Key
/// Observation 2 of the paper [III-A]: a poor copy says where things are and
/// not always what they are. Constant: may be drawn from several threads.
class street {
public:
  /// Paints what does not move; takes some tenths of a second.
  /// @pre width and height of `config` are even
  explicit street(const street_config& config);

  const street_config& config() const {
    return config_;
  }

  /// Objects of `frame`, the farthest first; lamp posts among them.
  std::vector<street_object> objects(uint64_t frame) const {
    return scene_.at(frame);
  }

  /// Draws `frame`. BT.709, limited range.
  void draw(uint64_t frame, const street_planes& out) const;

  /// Draws `frame` with `objects` instead of its own.
  void draw(uint64_t frame, const std::vector<street_object>& objects,
            const street_planes& out) const;

  /// What can be seen in `frame`: boxes of the visible pixels. Left out are
  /// objects of which less than 40 % can be seen, the rest being hidden by
  /// others or outside the picture, and those of less than 6 pixels a side.
  frame_truth truth(uint64_t frame) const;

  /// Names by label; the last is that of the class that comes late.
  static std::vector<std::string> labels();

private:
  void develop(uint64_t frame, const street_planes& out) const;

  street_config config_;
  street_scene scene_;
  street_backdrop backdrop_;
  sprite_book book_;
  std::vector<int8_t> grain_; ///< of the sensor, longer than a picture
};

} // namespace vpaas
