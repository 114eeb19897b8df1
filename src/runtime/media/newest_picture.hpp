#pragma once

#include "runtime/media/segment.hpp"

#include <caf/expected.hpp>

#include <vector>

namespace vpaas {

/// A picture of a video as people look at it.
struct still_picture {
  blob jpeg;
  uint64_t frame = 0; ///< its number in the stream
};

/// Decodes the intra picture that the last whole segment begins with, and makes
/// a JPEG of it. Blocks. @returns ec::not_found where there is none, ec::codec
caf::expected<still_picture> newest_picture(const std::vector<segment>& parts);

} // namespace vpaas
