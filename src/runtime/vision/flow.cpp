#include "runtime/vision/flow.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

constexpr int radius = 7;            ///< of a window
constexpr int least_side = 32;       ///< pixels of the smallest picture
constexpr size_t most_levels = 6;    ///< 7 pixels there are 224 of the picture
constexpr int most_steps = 12;       ///< of one level
constexpr float still = 0.02f;       ///< pixels; a smaller step is the last
constexpr float least_texture = .5f; ///< levels^2 a pixel, weaker direction
constexpr int grid = 6;              ///< points a side of a box
constexpr size_t least_points = 6;   ///< that found their way back

grey_pyramid::level half_of(const grey_pyramid::level& x) {
  grey_pyramid::level result;
  result.width = x.width / 2;
  result.height = x.height / 2;
  result.samples.resize(size_t(result.width) * size_t(result.height));
  auto at = [&](int column, int row) {
    column = std::clamp(column, 0, x.width - 1);
    row = std::clamp(row, 0, x.height - 1);
    return x.samples[size_t(row) * size_t(x.width) + size_t(column)];
  };
  constexpr float weights[] = {.25f, .5f, .25f};
  for (int row = 0; row < result.height; ++row)
    for (int column = 0; column < result.width; ++column) {
      float sum = 0;
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j)
          sum += weights[i] * weights[j]
                 * at(2 * column + j - 1, 2 * row + i - 1);
      result.samples[size_t(row) * size_t(result.width) + size_t(column)] = sum;
    }
  return result;
}

/// A window of a picture and its slopes.
struct window {
  static constexpr int side = 2 * radius + 1;

  window(const grey_pyramid::level& x, const point& middle) {
    auto at = [&](int i, int j) {
      return x.at(middle.x + float(j), middle.y + float(i));
    };
    size_t n = 0;
    for (int i = -radius; i <= radius; ++i)
      for (int j = -radius; j <= radius; ++j, ++n) {
        value[n] = at(i, j);
        dx[n] = (at(i, j + 1) - at(i, j - 1)) / 2;
        dy[n] = (at(i + 1, j) - at(i - 1, j)) / 2;
        xx += dx[n] * dx[n];
        xy += dx[n] * dy[n];
        yy += dy[n] * dy[n];
      }
  }

  /// The smaller eigenvalue of the slopes' matrix, a pixel.
  float texture() const {
    auto half = (xx + yy) / 2, rest = (xx - yy) / 2;
    return (half - std::sqrt(rest * rest + xy * xy)) / (side * side);
  }

  /// The step that brings the window at `middle` of another picture nearer.
  point step(const grey_pyramid::level& y, const point& middle) const {
    float bx = 0, by = 0;
    size_t n = 0;
    for (int i = -radius; i <= radius; ++i)
      for (int j = -radius; j <= radius; ++j, ++n) {
        auto off = value[n] - y.at(middle.x + float(j), middle.y + float(i));
        bx += off * dx[n];
        by += off * dy[n];
      }
    auto det = xx * yy - xy * xy;
    return {(yy * bx - xy * by) / det, (xx * by - xy * bx) / det};
  }

  float value[side * side], dx[side * side], dy[side * side];
  float xx = 0, xy = 0, yy = 0;
};

float median(std::vector<float> xs) {
  auto middle = xs.begin() + ptrdiff_t(xs.size() / 2);
  std::nth_element(xs.begin(), middle, xs.end());
  return *middle;
}

/// A point of a box, where it went, and how far from itself it came back.
struct journey {
  point from, to;
  float error;
};

std::vector<journey> journeys(const grey_pyramid& a, const grey_pyramid& b,
                              const box& x) {
  auto w = float(a.levels().front().width);
  auto h = float(a.levels().front().height);
  std::vector<journey> result;
  for (int i = 0; i < grid; ++i)
    for (int j = 0; j < grid; ++j) {
      auto part = [](int k) { return (float(k) + 0.5f) / float(grid); };
      point from{w * (x.x0 + (x.x1 - x.x0) * part(j)) - .5f,
                 h * (x.y0 + (x.y1 - x.y0) * part(i)) - .5f};
      auto to = follow(a, b, from);
      auto back = to ? follow(b, a, *to) : std::nullopt;
      if (back)
        result.push_back(
          {from, *to, std::hypot(back->x - from.x, back->y - from.y)});
    }
  return result;
}

/// How much farther from each other points are than they were.
float growth(const std::vector<journey>& xs) {
  std::vector<float> ratios;
  for (size_t i = 0; i < xs.size(); ++i)
    for (size_t j = i + 1; j < xs.size(); ++j) {
      auto before = std::hypot(xs[i].from.x - xs[j].from.x,
                               xs[i].from.y - xs[j].from.y);
      auto after = std::hypot(xs[i].to.x - xs[j].to.x, xs[i].to.y - xs[j].to.y);
      if (before > 1)
        ratios.push_back(after / before);
    }
  return ratios.empty() ? 1 : median(std::move(ratios));
}

} // namespace

float grey_pyramid::level::at(float x, float y) const {
  x = std::clamp(x, 0.f, float(width - 1));
  y = std::clamp(y, 0.f, float(height - 1));
  auto x0 = std::min(int(x), std::max(width - 2, 0));
  auto y0 = std::min(int(y), std::max(height - 2, 0));
  auto right = x - float(x0), down = y - float(y0);
  auto* row = samples.data() + size_t(y0) * size_t(width) + size_t(x0);
  auto* below = y0 + 1 < height ? row + width : row;
  auto next = x0 + 1 < width ? 1 : 0;
  auto upper = row[0] + (row[next] - row[0]) * right;
  auto lower = below[0] + (below[next] - below[0]) * right;
  return upper + (lower - upper) * down;
}

grey_pyramid::grey_pyramid(const uint8_t* data, ptrdiff_t stride, int width,
                           int height) {
  level first{width, height, {}};
  first.samples.reserve(size_t(width) * size_t(height));
  for (int i = 0; i < height; ++i)
    first.samples.insert(first.samples.end(), data + i * stride,
                         data + i * stride + width);
  levels_.push_back(std::move(first));
  while (levels_.size() < most_levels
         && std::min(levels_.back().width, levels_.back().height)
              >= 2 * least_side)
    levels_.push_back(half_of(levels_.back()));
}

std::optional<point> follow(const grey_pyramid& from, const grey_pyramid& to,
                            const point& x) {
  auto levels = std::min(from.levels().size(), to.levels().size());
  point moved;
  for (auto k = levels; k-- > 0;) {
    auto size = float(1 << k);
    auto& there = to.levels()[k];
    point middle{x.x / size, x.y / size};
    window here{from.levels()[k], middle};
    if (here.texture() < least_texture) {
      if (k == 0)
        return std::nullopt;
      moved = {2 * moved.x, 2 * moved.y}; // a larger picture may tell
      continue;
    }
    for (int i = 0; i < most_steps; ++i) {
      auto step = here.step(there, {middle.x + moved.x, middle.y + moved.y});
      moved = {moved.x + step.x, moved.y + step.y};
      if (std::hypot(step.x, step.y) < still)
        break;
    }
    if (k > 0)
      moved = {2 * moved.x, 2 * moved.y};
  }
  point result{x.x + moved.x, x.y + moved.y};
  auto& whole = to.levels().front();
  auto inside = result.x >= 0 && result.y >= 0
                && result.x <= float(whole.width - 1)
                && result.y <= float(whole.height - 1);
  return inside ? std::optional{result} : std::nullopt;
}

std::optional<box> follow(const grey_pyramid& from, const grey_pyramid& to,
                          const box& x) {
  if (from.empty() || to.empty())
    return std::nullopt;
  auto all = journeys(from, to, x);
  std::vector<float> errors, rights, downs;
  for (auto& y : all)
    errors.push_back(y.error);
  if (errors.empty())
    return std::nullopt;
  auto limit = median(errors);
  auto worse = [&](const journey& y) { return y.error > limit; };
  all.erase(std::remove_if(all.begin(), all.end(), worse), all.end());
  auto w = float(from.levels().front().width);
  auto h = float(from.levels().front().height);
  auto smaller = std::min((x.x1 - x.x0) * w, (x.y1 - x.y0) * h);
  if (all.size() < least_points || limit > std::max(2.f, smaller / 4))
    return std::nullopt;
  for (auto& y : all) {
    rights.push_back(y.to.x - y.from.x);
    downs.push_back(y.to.y - y.from.y);
  }
  auto larger = growth(all);
  auto column = (x.x0 + x.x1) / 2 + median(std::move(rights)) / w;
  auto row = (x.y0 + x.y1) / 2 + median(std::move(downs)) / h;
  auto half_width = (x.x1 - x.x0) / 2 * larger;
  auto half_height = (x.y1 - x.y0) / 2 * larger;
  return box{column - half_width, row - half_height, column + half_width,
             row + half_height};
}

} // namespace vpaas
