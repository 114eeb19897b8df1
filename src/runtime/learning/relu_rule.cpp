#include "runtime/learning/relu_rule.hpp"

#include "runtime/learning/dot.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr float least = 0.2f; // of w x that is divided by

} // namespace

void relu_step(float* w, const float* x, size_t width, bool yes, float rate) {
  auto score = dot(w, x, width);
  if (yes ? score >= 1 : score <= 0)
    return; // cut there: as right as it can be
  add_scaled(w, (yes ? rate : -rate) / std::max(score, least), x, width);
}

} // namespace vpaas
