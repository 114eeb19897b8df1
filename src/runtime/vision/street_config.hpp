#pragma once

#include "runtime/fields.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

namespace vpaas {

/// What a made-up street shows. The drift (light, blur, colours) holds from
/// `drift_at` on, so that one video can have a before and an after.
struct street_config {
  uint64_t seed = 1;
  int32_t width = 1280;
  int32_t height = 720;
  double fps = 30;
  double seconds = 60;      ///< 0: it never ends
  double density = 1;       ///< of the traffic
  double light = 1;         ///< 1 is noon, 0.3 is dusk
  double blur = 0;          ///< radius of defocus, pixels of a width of 1280
  double colours = 0;       ///< share of objects in paint never seen before
  double drift_at = 0;      ///< seconds
  double new_class_at = -1; ///< seconds; below 0: never
  double noise = 1.2;       ///< of the sensor, standard deviation, levels
  double shadow = 0.45;     ///< darkness under objects; 0: an overcast sky

  static constexpr auto type_name = "street_config";

  static constexpr auto fields() {
    using self = street_config;
    return std::make_tuple(
      field("seed", &self::seed), field("width", &self::width),
      field("height", &self::height), field("fps", &self::fps),
      field("seconds", &self::seconds), field("density", &self::density),
      field("light", &self::light), field("blur", &self::blur),
      field("colours", &self::colours), field("drift_at", &self::drift_at),
      field("new_class_at", &self::new_class_at), field("noise", &self::noise),
      field("shadow", &self::shadow));
  }

  /// Frames in all; 0: it never ends.
  uint64_t frames() const {
    return uint64_t(std::llround(seconds * fps));
  }

  /// Whether `frame` shows the drift.
  bool drifted(uint64_t frame) const {
    return double(frame) >= drift_at * fps;
  }
};

} // namespace vpaas
