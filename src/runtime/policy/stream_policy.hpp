#pragma once

#include "runtime/document.hpp"
#include "runtime/fields.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <functional>
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

/// A decision that names no other pipeline changes parameters of the usual one.
decision with_usual(const decision& usual, const decision& x);

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
  uint64_t in_flight = 0;     ///< keyframes without an answer
  double freshness_ms = 0;    ///< of the last result
  double processing_ms = 0;   ///< the same
  uint64_t failures = 0;      ///< chunks in a row that the cloud did not answer
  double answered_kbit_s = 0; ///< of parts, see `link_meter`
  double under_way_kbit = 0;  ///< of parts without an answer

  static constexpr auto type_name = "stream_state";

  static constexpr auto fields() {
    using self = stream_state;
    return std::make_tuple(field("stream", &self::stream),
                           field("cloud_up", &self::cloud_up),
                           field("in_flight", &self::in_flight),
                           field("freshness_ms", &self::freshness_ms),
                           field("processing_ms", &self::processing_ms),
                           field("failures", &self::failures),
                           field("answered_kbit_s", &self::answered_kbit_s),
                           field("under_way_kbit", &self::under_way_kbit));
  }
};

/// A policy that was loaded.
using stream_rule = std::function<caf::expected<decision>(const stream_state&)>;

} // namespace vpaas
