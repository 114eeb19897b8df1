#include "runtime/vision/street_background.hpp"

#include "runtime/vision/street_random.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

struct rgb {
  float r = 0, g = 0, b = 0;
};

rgb operator*(rgb x, float k) {
  return {x.r * k, x.g * k, x.b * k};
}

/// Pixels a metre where the facades stand; the far pavement is before them.
constexpr float facade_scale = 19.3f;

constexpr float storey = 3.3f; ///< metres
constexpr float bay = 2.1f;    ///< metres from window to window

/// Part of `x` after the last multiple of `period`, in [0, 1).
float part(float x, float period) {
  auto t = x / period;
  return t - std::floor(t);
}

class painter {
public:
  painter(const street_config& config, const street_scene& scene)
    : seed_(config.seed), width_(config.width), height_(config.height),
      view_(scene.view()), edges_(scene.edges()), scene_(scene) {
    street_random random{seed_, 3};
    road_ = rgb{1, 1.0f, 1.02f} * random.between(88, 112);
    slab_ = rgb{1.02f, 1, .96f} * random.between(138, 165);
    for (float x = -12; x < 90;) {
      auto wide = random.between(6.5f, 13);
      house h;
      h.from = x;
      auto tone = random.between(.75f, 1.1f);
      constexpr rgb walls[] = {{168, 108, 88},
                               {190, 176, 150},
                               {150, 150, 148},
                               {176, 140, 108},
                               {140, 120, 110}};
      h.wall = walls[random.below(5)] * tone;
      h.sign = {random.between(40, 190), random.between(40, 150),
                random.between(40, 170)};
      h.brick = random.below(2) == 1;
      houses_.push_back(h);
      x += wide;
    }
  }

  rgb at(int x, int y) const {
    auto scale = (float(y) + .5f - view_.horizon) / view_.camera;
    auto lean = scene_.scale_at(1, float(x) + .5f);
    auto middle = scale / lean;
    auto grain
      = (noise(x, y, 5) - .5f) * 12
        + (smooth(float(x) / view_.unit, float(y) / view_.unit, 23) - .5f) * 14
        + (smooth(float(x) / view_.unit, float(y) / view_.unit, 90) - .5f) * 12;
    auto colour = middle < facade_scale * view_.unit ? facade(x, y, lean)
                                                     : ground(x, middle, scale);
    return {colour.r + grain, colour.g + grain, colour.b + grain};
  }

private:
  struct house {
    float from;
    rgb wall, sign;
    bool brick;
  };

  float noise(int x, int y, uint64_t salt) const {
    return street_random{seed_, salt, uint64_t(uint32_t(x)) << 32 | uint32_t(y)}
      .uniform();
  }

  /// Noise with patches of `size`.
  float smooth(float x, float y, float size) const {
    auto fx = x / size, fy = y / size;
    auto ix = int(fx), iy = int(fy);
    auto tx = fx - float(ix), ty = fy - float(iy);
    auto salt = uint64_t(size);
    auto top = noise(ix, iy, salt) * (1 - tx) + noise(ix + 1, iy, salt) * tx;
    auto low = noise(ix, iy + 1, salt) * (1 - tx)
               + noise(ix + 1, iy + 1, salt) * tx;
    return top * (1 - ty) + low * ty;
  }

  rgb ground(int x, float middle, float scale) const {
    auto along = (float(x) - float(width_) / 2) / scale;
    auto deep = 2400 * view_.unit / middle; // metres from the camera
    auto m = middle / view_.unit;
    auto near = edges_.near / view_.unit, far = edges_.far / view_.unit;
    auto strip = edges_.strip / view_.unit;
    auto is_strip = std::abs(m - strip) < .95f;
    if (m > near || m < far || is_strip) {
      auto joint = part(along, 1.2f) < .035f || part(deep, 1.6f) < .045f;
      auto edge = std::abs(m - near) < .35f || std::abs(m - far) < .2f
                  || (is_strip && std::abs(std::abs(m - strip) - .95f) < .2f);
      return slab_ * (edge ? 1.13f : joint ? .8f : 1);
    }
    auto line = std::abs(m - 26.1f) < .11f || std::abs(m - 37.4f) < .16f;
    if (line && part(along, 6) < .5f)
      return {205, 205, 200};
    if (std::abs(m - near + .7f) < .12f)
      return {190, 175, 90};
    // Tyres polish two tracks of each lane.
    auto worn = 0.f;
    for (auto lane : {24.f, 28.f, 35.f, 40.f})
      for (auto side : {-.45f, .35f})
        worn = std::max(worn, 1 - std::abs(m - lane - side) / .5f);
    return road_ * (1 - .07f * worn);
  }

  rgb facade(int x, int y, float lean) const {
    auto scale = facade_scale * view_.unit * lean;
    auto base = view_.row(scale);
    auto up = (base - float(y)) / scale; // metres above the ground
    auto along = (float(x) / view_.unit) / facade_scale;
    auto h
      = std::upper_bound(houses_.begin(), houses_.end(), along,
                         [](float v, const house& k) { return v < k.from; });
    auto& own = *(h == houses_.begin() ? h : h - 1);
    auto inside = along - own.from;
    auto wall = own.wall;
    if (inside < .12f)
      return wall * .6f;
    if (up < storey)
      return shop(own, inside, up);
    auto floor = std::floor(up / storey);
    auto v = part(up, storey) * storey;
    auto u = part(inside, bay) * bay;
    if (v < .12f)
      return wall * 1.12f;
    if (u > .5f && u < 1.6f && v > .8f && v < 2.7f) {
      if (u < .6f || u > 1.5f || v < .9f || v > 2.6f
          || std::abs(u - 1.05f) < .04f)
        return {215, 212, 205};
      auto pane = street_random{seed_, 11,
                                uint64_t(std::floor(inside / bay) * 64 + floor)
                                  + uint64_t(own.from * 1000 + 20000) * 4096}
                    .uniform();
      auto sky = 46 + 50 * pane + 14 * v;
      return {sky * .92f, sky, sky * 1.08f};
    }
    if (own.brick && (part(up, .24f) < .16f || part(along, .6f) < .07f))
      return wall * .9f;
    return wall;
  }

  static rgb shop(const house& own, float inside, float up) {
    if (up < .4f)
      return own.wall * .7f;
    if (up > 2.55f && up < 3.1f)
      return own.sign;
    auto u = part(inside, 3.2f) * 3.2f;
    if (up < 2.45f && u > .25f && u < 2.95f) {
      if (u < .33f || u > 2.87f || std::abs(u - 1.9f) < .05f)
        return {70, 66, 60};
      auto shine = 52 + 18 * up + (part(u + up * .6f, 1.4f) < .3f ? 16.f : 0.f);
      return {shine, shine * 1.02f, shine * 1.05f};
    }
    return own.wall * .95f;
  }

  uint64_t seed_;
  int width_, height_;
  street_view view_;
  street_scene::kerbs edges_;
  const street_scene& scene_;
  rgb road_, slab_;
  std::vector<house> houses_;
};

uint8_t level(float x) {
  return uint8_t(std::clamp(std::lround(x), 16l, 240l));
}

} // namespace

street_backdrop paint_backdrop(const street_config& config,
                               const street_scene& scene) {
  painter brush{config, scene};
  street_backdrop result;
  auto w = size_t(config.width), h = size_t(config.height);
  result.y.resize(w * h);
  result.u.resize(w * h / 4);
  result.v.resize(w * h / 4);
  for (size_t y = 0; y < h; y += 2)
    for (size_t x = 0; x < w; x += 2) {
      float u = 0, v = 0;
      for (size_t k = 0; k < 4; ++k) {
        auto c = brush.at(int(x + k % 2), int(y + k / 2));
        auto yuv = from_rgb(c.r, c.g, c.b);
        result.y[(y + k / 2) * w + x + k % 2] = level(yuv.y);
        u += yuv.u / 4;
        v += yuv.v / 4;
      }
      result.u[y / 2 * (w / 2) + x / 2] = level(u);
      result.v[y / 2 * (w / 2) + x / 2] = level(v);
    }
  return result;
}

} // namespace vpaas
