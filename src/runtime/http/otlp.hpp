#pragma once

#include "runtime/metrics/trace.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// The body of a POST to /v1/traces of OTLP over HTTP, in protobuf: spans below
/// the node that they are of.
/// @param version of this program
std::string otlp_request(const std::vector<span>& xs,
                         const std::string& version);

/// What a collector did not take of what it answered with 200.
struct otlp_answer {
  uint64_t rejected = 0; ///< spans
  std::string problem;
};

/// Nothing where the body is no such answer.
std::optional<otlp_answer> read_otlp_answer(const std::string& body);

} // namespace vpaas
