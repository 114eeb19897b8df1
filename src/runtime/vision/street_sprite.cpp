#include "runtime/vision/street_sprite.hpp"

#include "runtime/vision/street_shape.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

/// Samples a side of a texel.
constexpr int samples = 3;

/// Between two resolutions: no texel is skipped where a drawing is sampled.
constexpr float step = .75f;

constexpr int kinds = street_labels + 1;

struct bounds {
  float x0 = 1e9f, y0 = 1e9f, x1 = -1e9f, y1 = -1e9f;

  void add(float x, float y) {
    x0 = std::min(x0, x), x1 = std::max(x1, x);
    y0 = std::min(y0, y), y1 = std::max(y1, y);
  }
};

bounds bounds_of(const street_shape& x) {
  bounds result;
  if (x.is == street_shape::form::ellipse) {
    auto middle = x.corners[0], radii = x.corners[1];
    result.add(middle.x - radii.x, middle.y - radii.y);
    result.add(middle.x + radii.x, middle.y + radii.y);
  } else {
    for (auto& p : x.corners)
      result.add(p.x, p.y);
  }
  return result;
}

/// Sums of the samples of one texel.
struct sum {
  float y = 0, u = 0, v = 0, paint = 0, cover = 0;

  void add(const street_shape& shape, float px, float py) {
    y += shape.colour.y + shape.shade(px, py);
    cover += 1;
    if (shape.painted) {
      paint += 1;
    } else {
      u += shape.colour.u;
      v += shape.colour.v;
    }
  }
};

int16_t rounded(float x) {
  return int16_t(std::lround(x));
}

class rasteriser {
public:
  explicit rasteriser(std::vector<street_shape> shapes)
    : shapes_(std::move(shapes)) {
    for (auto& x : shapes_) {
      boxes_.push_back(bounds_of(x));
      all_.add(boxes_.back().x0, std::max(boxes_.back().y0, 0.f));
      all_.add(boxes_.back().x1, boxes_.back().y1);
    }
  }

  sprite draw(float scale) const {
    sprite result;
    result.scale = scale;
    auto left = int(std::ceil(-all_.x0 * scale)) + 1;
    auto right = int(std::ceil(all_.x1 * scale)) + 1;
    result.foot = float(left);
    result.width = left + right;
    result.height = int(std::ceil(all_.y1 * scale)) + 2;
    for (int row = 0; row < result.height; ++row)
      for (int column = 0; column < result.width; ++column)
        add(result, texel_at(result, column, row));
    return result;
  }

private:
  sum texel_at(const sprite& to, int column, int row) const {
    sum result;
    if (row == 0 || column == 0 || row + 1 == to.height
        || column + 1 == to.width)
      return result;
    auto sample = [](int i) { return (float(i) + .5f) / float(samples); };
    for (int k = 0; k < samples * samples; ++k) {
      auto x = (float(column) + sample(k % samples) - to.foot) / to.scale;
      auto y = (float(to.height - 1 - row) - sample(k / samples)) / to.scale;
      for (size_t i = shapes_.size(); i-- > 0;) {
        auto& b = boxes_[i];
        if (x < b.x0 || x > b.x1 || y < b.y0 || y > b.y1
            || !shapes_[i].holds(x, y))
          continue;
        result.add(shapes_[i], x, y);
        break;
      }
    }
    return result;
  }

  static void add(sprite& to, const sum& x) {
    constexpr float n = samples * samples;
    auto share = [](float count) { return rounded(count * texel::whole / n); };
    auto level = [](float total) { return rounded(total * texel::level / n); };
    to.luma.push_back({level(x.y), share(x.paint), share(x.cover), 0});
    to.chroma.push_back(
      {level(x.u), share(x.paint), share(x.cover), level(x.v)});
    to.area += x.cover * 2 >= n ? 1.f : 0.f;
  }

  std::vector<street_shape> shapes_;
  std::vector<bounds> boxes_;
  bounds all_;
};

bool walks(street_kind kind) {
  return kind == street_kind::cyclist
         || (kind >= street_kind::walker && kind <= street_kind::steward);
}

} // namespace

sprite_book::sprite_book(float low, float high) {
  for (auto scale = high;; scale *= step) {
    scales_.push_back(scale);
    if (scale * step < low)
      break;
  }
  for (int kind = 0; kind < kinds; ++kind)
    for (int phase = 0; phase < street_phases; ++phase) {
      auto moves = phase == 0 || walks(street_kind(kind));
      rasteriser draw{moves ? shapes_of(street_kind(kind), phase)
                            : std::vector<street_shape>{}};
      for (auto scale : scales_)
        all_.push_back(moves ? draw.draw(scale) : sprite{});
    }
}

const sprite& sprite_book::find(street_kind kind, int phase,
                                float scale) const {
  size_t level = 0;
  while (level + 1 < scales_.size() && scales_[level + 1] >= scale)
    ++level;
  auto drawing = int(kind) * street_phases + (walks(kind) ? phase : 0);
  return all_[size_t(drawing) * scales_.size() + level];
}

} // namespace vpaas
