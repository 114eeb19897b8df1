#pragma once

#include <cstddef>

namespace vpaas {

/// Sum of the products of `n` numbers.
float dot(const float* a, const float* b, size_t n);

/// Adds `scale` times `x` to `y`.
void add_scaled(float* y, float scale, const float* x, size_t n);

} // namespace vpaas
