#include "runtime/vision/geometry.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

point operator-(const point& a, const point& b) {
  return {a.x - b.x, a.y - b.y};
}

/// Twice the area of the triangle; above 0 where `b` is to the right of `a`.
float cross(const point& a, const point& b) {
  return a.x * b.y - a.y * b.x;
}

float dot(const point& a, const point& b) {
  return a.x * b.x + a.y * b.y;
}

bool on_edge(const point& p, const point& a, const point& b) {
  auto d = b - a, q = p - a;
  auto length = dot(d, d), along = dot(q, d);
  return std::abs(cross(d, q)) <= line_width * length && along >= 0
         && along <= length;
}

/// Where the way from `a` to `b` meets the line through `x`, as a share of `x`
/// from its beginning. @pre `a` is not beside `b` in its direction
float meets(const point& a, const point& b, const line& x) {
  auto way = b - a, d = x.to - x.from;
  return cross(a - x.from, way) / cross(d, way);
}

} // namespace

bool inside(const point& p, const polygon& area) {
  auto result = false;
  for (size_t i = 0, k = area.size() - 1; i < area.size(); k = i++) {
    auto &a = area[i], &b = area[k];
    if (on_edge(p, a, b))
      return true;
    // A ray to the right; each edge has its upper end and not its lower one.
    if ((a.y > p.y) != (b.y > p.y)
        && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
      result = !result;
  }
  return result;
}

float share_inside(const point& a, const point& b, const polygon& area) {
  auto way = b - a;
  if (dot(way, way) == 0)
    return inside(a, area) ? 1 : 0;
  std::vector<float> cuts{0, 1};
  for (size_t i = 0, k = area.size() - 1; i < area.size(); k = i++) {
    auto edge = area[i] - area[k];
    auto across = cross(way, edge);
    if (across == 0)
      continue;
    auto t = cross(area[k] - a, edge) / across;
    if (t > 0 && t < 1)
      cuts.push_back(t);
  }
  std::sort(cuts.begin(), cuts.end());
  auto result = 0.f;
  for (size_t i = 1; i < cuts.size(); ++i) {
    auto t = (cuts[i - 1] + cuts[i]) / 2;
    if (inside({a.x + t * way.x, a.y + t * way.y}, area))
      result += cuts[i] - cuts[i - 1];
  }
  return result;
}

side side_of(const point& p, const line& x) {
  auto d = x.to - x.from;
  auto c = cross(d, p - x.from);
  if (std::abs(c) <= line_width * dot(d, d))
    return side::on;
  return c > 0 ? side::right : side::left;
}

side step_to(const point& p, const line& x, passage& who) {
  auto now = side_of(p, x);
  auto before = who;
  who.at = p;
  if (now == side::on)
    return side::on;
  who.last = now;
  if (before.last == side::on || before.last == now)
    return side::on;
  auto d = x.to - x.from;
  auto t = side_of(before.at, x) == side::on
             ? dot(before.at - x.from, d) / dot(d, d)
             : meets(before.at, p, x);
  return t >= 0 && t < 1 ? now : side::on;
}

} // namespace vpaas
