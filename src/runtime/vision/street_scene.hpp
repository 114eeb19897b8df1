#pragma once

#include "runtime/vision/street_config.hpp"

#include <array>
#include <vector>

namespace vpaas {

/// What can be seen in the street, in the order of its labels. Three families
/// (car, van, person) have three kinds each that share their coarse shape and
/// differ by a fine, faint pattern; trucks and cyclists have shapes of their
/// own. The last kind, of the family of vans, comes late or never.
enum class street_kind : int32_t {
  car,
  taxi,
  patrol,
  van,
  parcel_van,
  bakery_van,
  walker,
  courier,
  steward,
  truck,
  cyclist,
  icecream_van,
  lamp_post, ///< stands in front, is no object
};

constexpr auto names_of(street_kind) {
  return std::array{"car",        "taxi",       "patrol",  "van",
                    "parcel_van", "bakery_van", "walker",  "courier",
                    "steward",    "truck",      "cyclist", "icecream_van",
                    "lamp_post"};
}

inline constexpr int32_t street_labels = int32_t(street_kind::lamp_post);

/// Steps of a walk, drawn once each.
inline constexpr int street_phases = 6;

/// A colour as the camera codes it (BT.709, limited range).
struct yuv_colour {
  float y = 128, u = 128, v = 128;
};

yuv_colour from_rgb(float r, float g, float b);

/// A thing at its place in one frame.
struct street_object {
  street_kind kind = street_kind::car;
  uint64_t identity = 0;
  int phase = 0;         ///< of its walk
  bool mirrored = false; ///< goes to the left
  float x = 0, y = 0;    ///< where it stands, pixels
  float scale = 0;       ///< pixels a metre
  yuv_colour paint;
};

/// Where the ground lies for the camera: a horizon, and pixels a metre that
/// grow linearly below it.
struct street_view {
  float horizon = 0; ///< row where a metre has no pixels
  float camera = 0;  ///< metres above the ground
  float tilt = 0;    ///< growth of the scale from left to right, a pixel
  float unit = 1;    ///< pixels a pixel of a width of 1280

  /// Row of the ground where a metre has `scale` pixels.
  float row(float scale) const {
    return horizon + camera * scale;
  }
};

/// Who is where, as a function of the frame alone.
class street_scene {
public:
  explicit street_scene(const street_config& config);

  /// Objects of one frame, the farthest first; also those that stand outside
  /// the picture by up to their own length.
  std::vector<street_object> at(uint64_t frame) const;

  const street_view& view() const {
    return view_;
  }

  /// Pixels a metre of the kerbs: far, near; and of the strip between lanes.
  struct kerbs {
    float far, strip, near;
  };

  kerbs edges() const;

  /// Pixels a metre at column `x` of the line that has `middle` of them at the
  /// middle of the picture.
  float scale_at(float middle, float x) const;

private:
  struct lane;

  lane lane_of(uint64_t number) const;

  void add(std::vector<street_object>& out, const lane& x, uint64_t index,
           uint64_t frame) const;
  street_kind kind_of(const lane& x, uint64_t index, bool late) const;
  yuv_colour paint_of(uint64_t identity, street_kind kind, bool drifted) const;

  street_config config_;
  street_view view_;
};

} // namespace vpaas
