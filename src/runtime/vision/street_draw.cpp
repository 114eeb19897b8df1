#include "runtime/vision/street_draw.hpp"

#include "runtime/vision/simd.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

/// Where a drawing lies in a picture of one plane. Places in the drawing are
/// counted in 1/65536 texels.
struct layout {
  int x0, x1, y0, y1;   ///< pixels, ends excluded
  int64_t column, row;  ///< of the middle of pixel (x0, y0)
  int64_t across, down; ///< a pixel

  bool empty() const {
    return x0 >= x1 || y0 >= y1;
  }
};

constexpr int64_t unit = 65536;

/// @param pixel samples of the luma plane a sample of this one: 1, or 2
layout place(const street_object& x, const sprite& from, int width, int height,
             int pixel) {
  layout result;
  auto shrink = x.scale / from.scale / float(pixel); // pixels a texel
  auto side = x.mirrored ? float(from.width) - from.foot : from.foot;
  auto left = x.x / float(pixel) - side * shrink;
  auto bottom = x.y / float(pixel) + shrink; // a row of border
  auto top = bottom - float(from.height) * shrink;
  auto right = left + float(from.width) * shrink;
  result.x0 = std::clamp(int(std::ceil(left)), 0, width);
  result.x1 = std::clamp(int(std::floor(right)), 0, width);
  result.y0 = std::clamp(int(std::ceil(top)), 0, height);
  result.y1 = std::clamp(int(std::floor(bottom)), 0, height);
  auto step = int64_t(double(unit) / double(shrink));
  auto at = [&](int p, float from_p) {
    return int64_t((double(p) + .5 - double(from_p)) / double(shrink)
                   * double(unit))
           - unit / 2;
  };
  result.column = at(result.x0, left);
  result.across = step;
  if (x.mirrored) {
    result.column = (int64_t(from.width) - 1) * unit - result.column;
    result.across = -step;
  }
  result.row = at(result.y0, top);
  result.down = step;
  return result;
}

struct sampled {
  int fixed, paint, cover, other;
};

/// Bilinear: between four neighbours. @pre they are in the drawing
sampled sample(const texel* top, ptrdiff_t width, int fx, int fy) {
  auto low = top + width;
  auto a = (256 - fx) * (256 - fy), b = fx * (256 - fy);
  auto c = (256 - fx) * fy, d = fx * fy;
  auto mix = [&](auto member) {
    return (top[0].*member * a + top[1].*member * b + low[0].*member * c
            + low[1].*member * d)
           >> 16;
  };
  return {mix(&texel::fixed), mix(&texel::paint), mix(&texel::cover),
          mix(&texel::other)};
}

uint8_t over(int behind, int fixed, int cover, int paint, int colour) {
  auto x = behind * (texel::whole - cover) + fixed * 256 + paint * colour;
  return uint8_t(std::clamp((x + texel::whole / 2) / texel::whole, 0, 255));
}

/// Calls `f(x, y, sampled)` for every pixel of the drawing that is not empty.
template <class F>
void for_each_sample(const std::vector<texel>& texels, const sprite& from,
                     const layout& at, F f) {
  for (int y = at.y0; y < at.y1; ++y) {
    auto row = at.row + at.down * (y - at.y0);
    auto iy = row >> 16;
    if (iy < 0 || iy + 1 >= from.height)
      continue;
    auto fy = int(row >> 8 & 255);
    auto line = texels.data() + iy * from.width;
    for (int x = at.x0; x < at.x1; ++x) {
      auto column = at.column + at.across * (x - at.x0);
      auto ix = column >> 16;
      if (ix < 0 || ix + 1 >= from.width)
        continue;
      auto s = sample(line + ix, from.width, int(column >> 8 & 255), fy);
      if (s.cover != 0)
        f(x, y, s);
    }
  }
}

} // namespace

void draw_object(const street_object& x, const sprite& from, int width,
                 int height, const street_planes& out) {
  auto paint_y = int(std::lround(x.paint.y));
  auto paint_u = int(std::lround(x.paint.u));
  auto paint_v = int(std::lround(x.paint.v));
  for_each_sample(from.luma, from, place(x, from, width, height, 1),
                  [&](int px, int py, const sampled& s) {
                    auto& p = out.y[py * out.stride + px];
                    p = over(p, s.fixed, s.cover, s.paint, paint_y);
                  });
  for_each_sample(
    from.chroma, from, place(x, from, width / 2, height / 2, 2),
    [&](int px, int py, const sampled& s) {
      auto i = py * out.chroma + px;
      out.u[i] = over(out.u[i], s.fixed, s.cover, s.paint, paint_u);
      out.v[i] = over(out.v[i], s.other, s.cover, s.paint, paint_v);
    });
}

void draw_shadow(const street_object& x, const sprite& from, int width,
                 int height, float depth, const street_planes& out) {
  auto rx = float(from.width) / from.scale * x.scale * .53f;
  auto ry = x.scale * .3f;
  auto cx = x.x + x.scale * .25f, cy = x.y - ry * .3f;
  auto y0 = std::clamp(int(cy - ry), 0, height);
  auto y1 = std::clamp(int(cy + ry) + 1, 0, height);
  auto x0 = std::clamp(int(cx - rx), 0, width);
  auto x1 = std::clamp(int(cx + rx) + 1, 0, width);
  for (int py = y0; py < y1; ++py)
    for (int px = x0; px < x1; ++px) {
      auto dx = (float(px) - cx) / rx, dy = (float(py) - cy) / ry;
      auto soft = std::clamp((1 - dx * dx - dy * dy) * 2, 0.f, 1.f) * depth;
      auto& p = out.y[py * out.stride + px];
      p = uint8_t(16 + (float(p) - 16) * (1 - soft));
    }
}

void mark_object(const street_object& x, const sprite& from, int width,
                 int height, uint8_t mark, std::vector<uint8_t>& marks) {
  for_each_sample(from.luma, from, place(x, from, width, height, 1),
                  [&](int px, int py, const sampled& s) {
                    if (s.cover * 2 >= texel::whole)
                      marks[size_t(py) * size_t(width) + size_t(px)] = mark;
                  });
}

namespace {

/// Mean over `radius` samples to each side; the edges are repeated.
/// @param step from a sample to the next
void blur_line(uint8_t* data, ptrdiff_t step, int n, int radius,
               std::vector<uint8_t>& copy) {
  copy.resize(size_t(n) + 2 * size_t(radius) + 1);
  for (int i = 0; i < n + 2 * radius + 1; ++i)
    copy[size_t(i)] = data[std::clamp(i - radius, 0, n - 1) * step];
  auto span = 2 * radius + 1;
  auto total = 0;
  for (int i = 0; i < span; ++i)
    total += copy[size_t(i)];
  for (int i = 0; i < n; ++i) {
    data[i * step] = uint8_t((total + radius) / span);
    total += copy[size_t(i) + size_t(span)] - copy[size_t(i)];
  }
}

} // namespace

void defocus(uint8_t* data, ptrdiff_t stride, int width, int height,
             int radius) {
  std::vector<uint8_t> copy;
  for (int pass = 0; pass < 2; ++pass) {
    for (int y = 0; y < height; ++y)
      blur_line(data + y * stride, 1, width, radius, copy);
    for (int x = 0; x < width; ++x)
      blur_line(data + x, stride, height, radius, copy);
  }
}

VPAAS_VECTOR_CLONES
void expose(uint8_t* data, size_t n, int black, int gain, const int8_t* grain) {
  auto g = int16_t(gain), b = int16_t(black);
  for (size_t i = 0; i < n; ++i) {
    auto x = (int(data[i]) - b) * g / 256 + b + (grain ? grain[i] : 0);
    data[i] = uint8_t(x < 0 ? 0 : x > 255 ? 255 : x);
  }
}

} // namespace vpaas
