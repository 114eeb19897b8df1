#pragma once

#include "runtime/vision/detection.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vpaas::test {

inline bool alike(const detection& a, const detection& b, float tolerance) {
  auto near = [&](float x, float y) { return std::abs(x - y) <= tolerance; };
  return a.label == b.label && near(a.score, b.score)
         && near(a.where.x0, b.where.x0) && near(a.where.y0, b.where.y0)
         && near(a.where.x1, b.where.x1) && near(a.where.y1, b.where.y1);
}

/// Returns how many of `wanted` have no partner of their own among `found`.
inline size_t missing(const std::vector<detection>& wanted,
                      const std::vector<detection>& found, float tolerance) {
  std::vector<bool> used(found.size());
  size_t result = 0;
  for (auto& x : wanted) {
    size_t i = 0;
    while (i < found.size() && (used[i] || !alike(x, found[i], tolerance)))
      ++i;
    if (i == found.size())
      ++result;
    else
      used[i] = true;
  }
  return result;
}

/// The detections scored at least `score`.
inline std::vector<detection> above(std::vector<detection> xs, float score) {
  xs.erase(std::remove_if(xs.begin(), xs.end(),
                          [&](auto& x) { return x.score < score; }),
           xs.end());
  return xs;
}

} // namespace vpaas::test
