#include "runtime/media/draw.hpp"

#include "runtime/media/font.hpp"
#include "runtime/media/frame_pool.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace vpaas {

namespace {

using yuv = std::array<uint8_t, 3>;

uint8_t level(double x) {
  return static_cast<uint8_t>(std::clamp(std::lround(x), 0l, 255l));
}

yuv to_yuv(rgb c, const color_space& space) {
  auto hd = space.matrix == color_matrix::bt709;
  auto kr = hd ? 0.2126 : 0.299;
  auto kb = hd ? 0.0722 : 0.114;
  auto y = kr * c.r + kb * c.b + (1 - kr - kb) * c.g;
  auto u = (c.b - y) / (2 * (1 - kb));
  auto v = (c.r - y) / (2 * (1 - kr));
  if (space.full_range)
    return {level(y), level(128 + u), level(128 + v)};
  return {level(16 + y * 219 / 255), level(128 + u * 224 / 255),
          level(128 + v * 224 / 255)};
}

/// A picture that is still being drawn.
class canvas {
public:
  explicit canvas(AVFrame& x) : x_(x) {
    // nop
  }

  /// Fills pixels from the first corner to before the second, clipped.
  void fill(int x0, int y0, int x1, int y1, const yuv& color) {
    x0 = std::clamp(x0, 0, x_.width);
    x1 = std::clamp(x1, x0, x_.width);
    y0 = std::clamp(y0, 0, x_.height);
    y1 = std::clamp(y1, y0, x_.height);
    rows(0, x0, y0, x1, y1, color);
    for (int i : {1, 2})
      rows(i, x0 / 2, y0 / 2, (x1 + 1) / 2, (y1 + 1) / 2, color);
  }

  void frame_of(int x0, int y0, int x1, int y1, int line, const yuv& color) {
    fill(x0, y0, x1, y0 + line, color);
    fill(x0, y1 - line, x1, y1, color);
    fill(x0, y0, x0 + line, y1, color);
    fill(x1 - line, y0, x1, y1, color);
  }

  void text(int x, int y, int scale, const std::string& what,
            const yuv& color) {
    for (auto c : what) {
      auto& columns = glyph(c);
      for (int i = 0; i < glyph_width; ++i)
        for (int j = 0; j < glyph_height; ++j)
          if (columns[static_cast<size_t>(i)] >> j & 1)
            luma(x + i * scale, y + j * scale, scale, color[0]);
      x += (glyph_width + 1) * scale;
    }
  }

private:
  void rows(int i, int x0, int y0, int x1, int y1, const yuv& color) {
    for (int y = y0; y < y1; ++y)
      std::fill_n(x_.data[i] + ptrdiff_t{y} * x_.linesize[i] + x0,
                  std::max(x1 - x0, 0), color[static_cast<size_t>(i)]);
  }

  // Letters change luma only: chroma is too coarse for them.
  void luma(int x, int y, int size, uint8_t value) {
    rows(0, std::clamp(x, 0, x_.width), std::clamp(y, 0, x_.height),
         std::clamp(x + size, 0, x_.width), std::clamp(y + size, 0, x_.height),
         {value, 0, 0});
  }

  AVFrame& x_;
};

void draw_one(canvas& out, const frame& x, const annotation& a) {
  auto at = [](float t, int side) {
    return static_cast<int>(
      std::lround(std::clamp(t, 0.f, 1.f) * static_cast<float>(side)));
  };
  auto scale = std::max(1, x.height() / 360);
  auto x0 = at(a.where.x0, x.width());
  auto y0 = at(a.where.y0, x.height());
  auto color = to_yuv(a.color, x.info().color);
  out.frame_of(x0, y0, at(a.where.x1, x.width()), at(a.where.y1, x.height()),
               2 * scale, color);
  if (a.text.empty())
    return;
  auto w = (static_cast<int>(a.text.size()) * (glyph_width + 1) + 1) * scale;
  auto h = (glyph_height + 2) * scale;
  auto top = y0 >= h ? y0 - h : y0;
  auto left = std::clamp(x0, 0, std::max(0, x.width() - w));
  out.fill(left, top, left + w, top + h, color);
  auto dark = a.color.r * 3 + a.color.g * 6 + a.color.b < 1280;
  rgb ink = dark ? rgb{255, 255, 255} : rgb{0, 0, 0};
  out.text(left + scale, top + scale, scale, a.text,
           to_yuv(ink, x.info().color));
}

} // namespace

rgb palette(size_t index) {
  static constexpr std::array<rgb, 12> colors{{{230, 60, 60},
                                               {60, 180, 75},
                                               {255, 215, 40},
                                               {50, 120, 230},
                                               {245, 130, 48},
                                               {150, 60, 200},
                                               {70, 220, 230},
                                               {240, 60, 220},
                                               {190, 240, 70},
                                               {0, 130, 130},
                                               {250, 180, 200},
                                               {150, 100, 40}}};
  return colors[index % colors.size()];
}

caf::expected<frame> draw(const frame& x,
                          const std::vector<annotation>& annotations) {
  if (!x)
    return caf::make_error(ec::bad_input,
                           "failed to draw on a frame: it is empty; give one "
                           "with pixels");
  auto target = frame_pool{}.take(x.width(), x.height());
  if (!target)
    return target.error();
  if (auto rc = av_frame_copy(target->get(), x.pixels().get()); rc < 0)
    return av::failed(ec::bad_input, "draw on a frame", rc,
                      "give a frame in YUV 4:2:0");
  canvas out{**target};
  for (auto& a : annotations)
    draw_one(out, x, a);
  return share(std::move(*target), x.info());
}

} // namespace vpaas
