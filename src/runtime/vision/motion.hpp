#pragma once

#include "runtime/fields.hpp"

namespace vpaas {

/// Where something is along one axis and how fast it moves, with variances: a
/// Kalman filter of constant velocity whose acceleration is white noise. Units
/// are the caller's, times are in seconds.
struct motion {
  float place = 0;
  float speed = 0;      ///< a second
  float place_var = 0;  ///< variance of `place`
  float speed_var = 0;  ///< variance of `speed`
  float covariance = 0; ///< of both

  static constexpr auto type_name = "motion";

  static constexpr auto fields() {
    using self = motion;
    return std::make_tuple(field("place", &self::place),
                           field("speed", &self::speed),
                           field("place_var", &self::place_var),
                           field("speed_var", &self::speed_var),
                           field("covariance", &self::covariance));
  }

  /// Lets `dt` seconds pass. @param jerk spectral density of the acceleration,
  /// squared units a second^3
  void predict(float dt, float jerk) {
    place += dt * speed;
    place_var += dt * (2 * covariance + dt * (speed_var + dt * jerk / 3));
    covariance += dt * (speed_var + dt * jerk / 2);
    speed_var += dt * jerk;
  }

  /// Takes in a measured place of variance `noise`.
  void update(float measured, float noise) {
    auto gain = 1 / (place_var + noise);
    auto error = measured - place;
    place += place_var * gain * error;
    speed += covariance * gain * error;
    speed_var -= covariance * covariance * gain;
    covariance *= noise * gain;
    place_var *= noise * gain;
  }
};

} // namespace vpaas
