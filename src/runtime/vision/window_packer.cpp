#include "runtime/vision/window_packer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace vpaas {

namespace {

int floor_to(int step, float x) {
  return int(std::floor(x / float(step))) * step;
}

int ceil_to(int step, float x) {
  return int(std::ceil(x / float(step))) * step;
}

/// A span around [low, high], aligned, inside of a side and no longer than
/// `most`: where it would be, the middle stays.
std::pair<int, int> span(float low, float high, int side,
                         const packing_config& how) {
  auto longest = how.most / how.align * how.align;
  auto first = floor_to(how.align, std::max(0.f, low));
  auto last = std::min(ceil_to(how.align, high),
                       ceil_to(how.align, float(side)));
  if (last - first > longest) {
    auto middle = (std::max(0.f, low) + std::min(high, float(side))) / 2;
    first = std::clamp(floor_to(how.align, middle - float(longest) / 2), first,
                       last - longest);
    last = first + longest;
  }
  return {first, std::max(last - first, how.align)};
}

pixel_rect window_of(const box& b, const wanted_picture& x,
                     const packing_config& how) {
  auto w = float(x.width), h = float(x.height);
  auto longer = std::max((b.x1 - b.x0) * w, (b.y1 - b.y0) * h);
  auto pad = std::max(float(how.margin), how.context * longer);
  pixel_rect result;
  std::tie(result.x, result.width) = span(b.x0 * w - pad, b.x1 * w + pad,
                                          x.width, how);
  std::tie(result.y, result.height) = span(b.y0 * h - pad, b.y1 * h + pad,
                                           x.height, how);
  return result;
}

pixel_rect bounds(const pixel_rect& a, const pixel_rect& b) {
  auto x = std::min(a.x, b.x), y = std::min(a.y, b.y);
  return {x, y, std::max(a.x + a.width, b.x + b.width) - x,
          std::max(a.y + a.height, b.y + b.height) - y};
}

/// Windows of one picture, by value, as far as the budget goes.
std::vector<packed_window> chosen(const wanted_picture& x, size_t picture,
                                  const packing_config& how) {
  std::vector<size_t> order(x.places.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return x.places[a].value > x.places[b].value;
  });
  std::vector<packed_window> result;
  auto budget = x.budget < 0 ? how.budget : x.budget;
  int64_t taken = 0;
  for (auto i : order) {
    if (x.places[i].value < 0)
      break;
    auto from = window_of(x.places[i].where, x, how);
    if (taken + from.area() > budget)
      continue; // a smaller one may still fit
    taken += from.area();
    result.push_back({picture, from, 0, 0, 0, {i}});
  }
  return result;
}

/// Joins two windows while one around both is no larger than the two.
void merge(std::vector<packed_window>& xs, const packing_config& how) {
  auto joins = [&](const packed_window& a, const packed_window& b) {
    auto both = bounds(a.from, b.from);
    return both.width <= how.most && both.height <= how.most
           && both.area() <= a.from.area() + b.from.area();
  };
  for (auto changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < xs.size(); ++i)
      for (size_t k = i + 1; k < xs.size();) {
        if (!joins(xs[i], xs[k])) {
          ++k;
          continue;
        }
        xs[i].from = bounds(xs[i].from, xs[k].from);
        xs[i].places.insert(xs[i].places.end(), xs[k].places.begin(),
                            xs[k].places.end());
        xs.erase(xs.begin() + ptrdiff_t(k));
        changed = true;
      }
  }
}

/// A row of windows; the first one, being the highest, gives its height.
struct shelf {
  size_t page = 0;
  int y = 0, height = 0, used = 0;
};

/// Puts the windows on shelves, the highest first.
void pack(mosaic& x, const packing_config& how) {
  std::stable_sort(x.windows.begin(), x.windows.end(),
                   [](const packed_window& a, const packed_window& b) {
                     return std::tie(a.from.height, a.from.width)
                            > std::tie(b.from.height, b.from.width);
                   });
  std::vector<shelf> shelves;
  for (auto& window : x.windows) {
    auto fits = [&](const shelf& s) {
      return s.height >= window.from.height
             && s.used + window.from.width <= how.canvas;
    };
    auto on = std::find_if(shelves.begin(), shelves.end(), fits);
    if (on == shelves.end()) {
      auto height = window.from.height;
      if (x.heights.empty()
          || (how.page > 0 && x.heights.back() + height > how.page))
        x.heights.push_back(0);
      shelves.push_back({x.heights.size() - 1, x.heights.back(), height, 0});
      x.heights.back() += height;
      on = shelves.end() - 1;
    }
    window.page = on->page;
    window.x = on->used;
    window.y = on->y;
    on->used += window.from.width;
  }
}

} // namespace

mosaic pack_windows(const std::vector<wanted_picture>& xs,
                    const packing_config& how) {
  auto bounded = how;
  bounded.most = std::min(how.most, how.canvas);
  if (how.page > 0)
    bounded.most = std::min(bounded.most, how.page);
  mosaic result;
  for (size_t i = 0; i < xs.size(); ++i) {
    auto windows = chosen(xs[i], i, bounded);
    merge(windows, bounded);
    std::move(windows.begin(), windows.end(),
              std::back_inserter(result.windows));
  }
  pack(result, bounded);
  return result;
}

} // namespace vpaas
