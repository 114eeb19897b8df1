#pragma once

#include <string>

namespace vpaas {

/// Whether a pattern stands for a camera: "door" for itself, "yard*" for all
/// that begin so.
inline bool stands_for(const std::string& pattern, const std::string& camera) {
  if (pattern.empty() || pattern.back() != '*')
    return pattern == camera;
  return camera.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1)
         == 0;
}

} // namespace vpaas
