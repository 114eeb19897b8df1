#pragma once

#include "runtime/fields.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace vpaas {

/// What is done with the keyframes of a chunk.
enum class route : uint8_t {
  high_low,   ///< the cloud locates on a poor copy, the fog names [IV-B]
  cloud_only, ///< the cloud's labels are the result
  fog_only,   ///< the fog's own detector, on the frames themselves
};

constexpr auto names_of(route) {
  return std::array{"high_low", "cloud_only", "fog_only"};
}

/// What a policy decides for the next chunk [III-C].
struct decision {
  route path = route::high_low;
  int qp = 36;        ///< of the copy, 0 to 51 (VI-B, first round)
  float scale = 0.8f; ///< of its sides (VI-B)

  static constexpr auto type_name = "decision";

  static constexpr auto fields() {
    return std::make_tuple(field("path", &decision::path),
                           field("qp", &decision::qp),
                           field("scale", &decision::scale));
  }

  /// Returns what is wrong with a value, as "qp is 60; allowed: 0 to 51".
  std::optional<std::string> validate() const {
    if (qp < 0 || qp > 51)
      return "qp is " + std::to_string(qp) + "; allowed: 0 to 51";
    if (!(scale >= 0.05f && scale <= 1))
      return "scale is " + std::to_string(scale) + "; allowed: 0.05 to 1";
    return std::nullopt;
  }

  friend bool operator==(const decision& a, const decision& b) {
    return a.path == b.path && a.qp == b.qp && a.scale == b.scale;
  }
};

/// What a policy knows of its stream when it decides.
struct stream_state {
  std::string stream;
  bool cloud_up = false;
  uint64_t in_flight = 0;   ///< keyframes without an answer
  double freshness_ms = 0;  ///< of the last result
  double processing_ms = 0; ///< the same
  uint64_t failures = 0;    ///< chunks in a row that the cloud did not answer

  static constexpr auto type_name = "stream_state";

  static constexpr auto fields() {
    using self = stream_state;
    return std::make_tuple(field("stream", &self::stream),
                           field("cloud_up", &self::cloud_up),
                           field("in_flight", &self::in_flight),
                           field("freshness_ms", &self::freshness_ms),
                           field("processing_ms", &self::processing_ms),
                           field("failures", &self::failures));
  }
};

} // namespace vpaas
