#pragma once

#include "runtime/document.hpp"
#include "runtime/fields.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <string>

namespace vpaas {

/// What a policy decides for the next keyframes [III-C]: any pipeline by its
/// name, and those of its parameters that differ from what it says itself.
struct decision {
  std::string pipeline; ///< empty: the stream's own, with its parameters
  document parameters;

  friend bool operator==(const decision& a, const decision& b) {
    return a.pipeline == b.pipeline && a.parameters == b.parameters;
  }
};

/// Reads `{"pipeline": "dds", "low": 38}`: what is not the pipeline's name is a
/// parameter of it. Whether it has them is for others to check.
/// @returns ec::bad_config
caf::expected<decision> decision_of(const json& x);

/// The opposite.
json as_json(const decision& x);

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
    return std::make_tuple(field("stream", &stream_state::stream),
                           field("cloud_up", &stream_state::cloud_up),
                           field("in_flight", &stream_state::in_flight),
                           field("freshness_ms", &stream_state::freshness_ms),
                           field("processing_ms", &stream_state::processing_ms),
                           field("failures", &stream_state::failures));
  }
};

} // namespace vpaas
