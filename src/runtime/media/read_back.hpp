#pragma once

#include <caf/error.hpp>

#include <cstdint>
#include <string>

namespace vpaas {

/// Opens a recording as a camera would, counts its frames, and decodes its
/// first and its last segment.
/// @returns ec::codec where there are not `frames`, or some do not come out
caf::error read_back(const std::string& path, uint64_t frames);

} // namespace vpaas
