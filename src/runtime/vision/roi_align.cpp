#include "runtime/vision/roi_align.hpp"

#include "runtime/vision/simd.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vpaas {

namespace {

constexpr int samples = 2;                   // a side of a bin
constexpr int terms = samples * samples * 4; // four neighbours a sample

/// Where an axis is sampled: two cells and the weight of the second.
struct axis_sample {
  int low = 0, high = 0;
  float share = 0;
  bool inside = true;
};

axis_sample sample(float at, int size) {
  axis_sample result;
  result.inside = at >= -1 && at <= float(size);
  at = std::max(at, 0.f);
  result.low = std::min(int(at), size - 1);
  result.high = std::min(result.low + 1, size - 1);
  result.share = result.low == size - 1 ? 0.f : at - float(result.low);
  return result;
}

// Adds up sixteen weighted rows of channels; all time of RoIAlign goes here.
VPAAS_VECTOR_CLONES
void mix(const float* const* rows, const float* weights, int channels,
         float* __restrict out) {
  for (int c = 0; c < channels; ++c) {
    float sum = 0;
    for (int k = 0; k < terms; ++k)
      sum += weights[k] * rows[k][c];
    out[c] = sum;
  }
}

VPAAS_VECTOR_CLONES
void mix(const bfloat16* const* rows, const float* weights, int channels,
         float* __restrict out) {
  for (int c = 0; c < channels; ++c) {
    float sum = 0;
    for (int k = 0; k < terms; ++k) {
      auto wide = uint32_t(rows[k][c].bits) << 16;
      float value;
      std::memcpy(&value, &wide, sizeof value);
      sum += weights[k] * value;
    }
    out[c] = sum;
  }
}

template <class T>
void align(const feature_map<T>& map, const box& b, int side, float* out) {
  auto width = std::max(b.x1 - b.x0, 1.f) / float(side);
  auto height = std::max(b.y1 - b.y0, 1.f) / float(side);
  const T* rows[terms];
  float weights[terms];
  for (int by = 0; by < side; ++by)
    for (int bx = 0; bx < side; ++bx) {
      int n = 0;
      for (int sy = 0; sy < samples; ++sy)
        for (int sx = 0; sx < samples; ++sx) {
          auto offset = [](int bin, int s) {
            return float(bin) + (float(s) + .5f) / samples;
          };
          auto y = sample(b.y0 + offset(by, sy) * height, map.height);
          auto x = sample(b.x0 + offset(bx, sx) * width, map.width);
          auto put = [&](int row, int column, float weight) {
            rows[n] = map.data
                      + (ptrdiff_t(row) * map.width + column) * map.channels;
            weights[n++] = y.inside && x.inside ? weight / (samples * samples)
                                                : 0;
          };
          put(y.low, x.low, (1 - y.share) * (1 - x.share));
          put(y.low, x.high, (1 - y.share) * x.share);
          put(y.high, x.low, y.share * (1 - x.share));
          put(y.high, x.high, y.share * x.share);
        }
      mix(rows, weights, map.channels, out);
      out += map.channels;
    }
}

} // namespace

void roi_align(const feature_map<float>& map, const box& b, int side,
               float* out) {
  align(map, b, side, out);
}

void roi_align(const feature_map<bfloat16>& map, const box& b, int side,
               float* out) {
  align(map, b, side, out);
}

int pyramid_level(const box& b, int levels) {
  auto size = std::sqrt((b.x1 - b.x0) * (b.y1 - b.y0));
  auto level = std::floor(4 + std::log2(size / 224) + 1e-6f);
  return int(std::clamp(level, 2.f, float(levels + 1))) - 2;
}

} // namespace vpaas
