#include "runtime/learning/dot.hpp"

#include "runtime/vision/simd.hpp"

namespace vpaas {

// Sixteen sums side by side become one vector register.
VPAAS_VECTOR_CLONES
float dot(const float* a, const float* b, size_t n) {
  float sums[16] = {};
  size_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (size_t k = 0; k < 16; ++k)
      sums[k] += a[i + k] * b[i + k];
  float result = 0;
  for (; i < n; ++i)
    result += a[i] * b[i];
  for (auto x : sums)
    result += x;
  return result;
}

VPAAS_VECTOR_CLONES
void add_scaled(float* __restrict y, float scale, const float* __restrict x,
                size_t n) {
  for (size_t i = 0; i < n; ++i)
    y[i] += scale * x[i];
}

} // namespace vpaas
