#include "runtime/vision/street.hpp"

#include "runtime/vision/street_draw.hpp"
#include "runtime/vision/street_random.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace vpaas {

namespace {

/// Share of an object that must be seen.
constexpr float least_seen = .4f;

constexpr int least_side = 6; ///< pixels

/// Different beginnings of the sensor's noise.
constexpr size_t grains = 65536;

/// Scales of all objects at a width of 1280, pixels a metre.
constexpr float low_scale = 20, high_scale = 62;

std::vector<int8_t> make_grain(const street_config& config) {
  street_random random{config.seed, 4};
  std::vector<int8_t> result(size_t(config.width) * size_t(config.height)
                             + grains);
  auto deviation = float(config.noise);
  for (auto& x : result) {
    // The sum of four uniform numbers is near a normal one, deviation .577.
    auto bits = random.next();
    auto sum = 0.f;
    for (int i = 0; i < 4; ++i, bits >>= 16)
      sum += float(bits & 0xffff) / 65536 - .5f;
    auto level = std::lround(sum / .577f * deviation);
    x = int8_t(std::clamp(level, -127l, 127l));
  }
  return result;
}

/// What can be seen of one object.
struct extent {
  int x0 = 1 << 30, y0 = 1 << 30, x1 = -1, y1 = -1;
  int pixels = 0;

  void add(int x, int y) {
    x0 = std::min(x0, x), x1 = std::max(x1, x);
    y0 = std::min(y0, y), y1 = std::max(y1, y);
    ++pixels;
  }
};

} // namespace

street::street(const street_config& config)
  : config_(config), scene_(config), backdrop_(paint_backdrop(config, scene_)),
    book_(low_scale * scene_.view().unit, high_scale * scene_.view().unit),
    grain_(make_grain(config)) {
  // nop
}

void street::draw(uint64_t frame, const street_planes& out) const {
  draw(frame, objects(frame), out);
}

void street::draw(uint64_t frame, const std::vector<street_object>& objects,
                  const street_planes& out) const {
  auto w = config_.width, h = config_.height;
  auto copy = [](const std::vector<uint8_t>& from, uint8_t* to,
                 ptrdiff_t stride, int width) {
    for (size_t at = 0; at < from.size(); at += size_t(width), to += stride)
      std::memcpy(to, from.data() + at, size_t(width));
  };
  copy(backdrop_.y, out.y, out.stride, w);
  copy(backdrop_.u, out.u, out.chroma, w / 2);
  copy(backdrop_.v, out.v, out.chroma, w / 2);
  auto drawing = [this](const street_object& x) -> const sprite& {
    return book_.find(x.kind, x.phase, x.scale);
  };
  if (config_.shadow > 0)
    for (auto& x : objects)
      if (x.kind != street_kind::lamp_post)
        draw_shadow(x, drawing(x), w, h, float(config_.shadow), out);
  for (auto& x : objects)
    draw_object(x, drawing(x), w, h, out);
  develop(frame, out);
}

void street::develop(uint64_t frame, const street_planes& out) const {
  auto w = config_.width, h = config_.height;
  auto gain = 256;
  if (config_.drifted(frame)) {
    gain = int(std::lround(config_.light * 256));
    auto radius = int(std::lround(config_.blur * double(scene_.view().unit)));
    if (radius > 0) {
      defocus(out.y, out.stride, w, h, radius);
      defocus(out.u, out.chroma, w / 2, h / 2, (radius + 1) / 2);
      defocus(out.v, out.chroma, w / 2, h / 2, (radius + 1) / 2);
    }
  }
  auto from = grain_.data() + scatter(frame ^ config_.seed << 20) % grains;
  for (int y = 0; y < h; ++y)
    expose(out.y + y * out.stride, size_t(w), 16, gain,
           from + ptrdiff_t{y} * w);
  if (gain == 256)
    return;
  for (int y = 0; y < h / 2; ++y) {
    expose(out.u + y * out.chroma, size_t(w) / 2, 128, gain, nullptr);
    expose(out.v + y * out.chroma, size_t(w) / 2, 128, gain, nullptr);
  }
}

frame_truth street::truth(uint64_t frame) const {
  auto w = config_.width, h = config_.height;
  auto all = objects(frame);
  std::vector<uint8_t> marks(size_t(w) * size_t(h));
  std::vector<extent> seen(all.size() + 1);
  for (size_t i = 0; i < all.size(); ++i)
    mark_object(all[i], book_.find(all[i].kind, all[i].phase, all[i].scale), w,
                h, uint8_t(i + 1), marks);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      if (auto mark = marks[size_t(y) * size_t(w) + size_t(x)]; mark != 0)
        seen[mark].add(x, y);
  frame_truth result;
  result.frame = frame;
  for (size_t i = 0; i < all.size(); ++i) {
    auto& x = all[i];
    auto& e = seen[i + 1];
    auto& from = book_.find(x.kind, x.phase, x.scale);
    auto shrink = x.scale / from.scale;
    if (x.kind == street_kind::lamp_post
        || float(e.pixels) < least_seen * from.area * shrink * shrink
        || e.x1 - e.x0 + 1 < least_side || e.y1 - e.y0 + 1 < least_side)
      continue;
    box where{float(e.x0) / float(w), float(e.y0) / float(h),
              float(e.x1 + 1) / float(w), float(e.y1 + 1) / float(h)};
    result.objects.push_back({where, int32_t(x.kind), x.identity});
  }
  return result;
}

std::vector<std::string> street::labels() {
  std::vector<std::string> result;
  result.reserve(street_labels);
  for (int32_t i = 0; i < street_labels; ++i)
    result.push_back(to_string(street_kind(i)));
  return result;
}

} // namespace vpaas
