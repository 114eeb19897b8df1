#include "runtime/vision/street_shape.hpp"

#include <cmath>

namespace vpaas {

namespace {

using shapes = std::vector<street_shape>;
using point = street_shape::point;

constexpr float pi = 3.14159265f;

/// What sets three kinds of a family apart, and the late one: faint enough to
/// go when the picture is coded poorly, strong enough for a camera's own code.
constexpr float vehicle_amplitude = 11, vehicle_period = .17f;
constexpr float person_amplitude = 13, person_period = .125f;

constexpr yuv_colour black{24, 128, 128}, tyre{30, 128, 128},
  glass{62, 134, 126}, chrome{150, 128, 128}, lamp{210, 110, 134},
  brake{80, 110, 200}, metal{70, 128, 127};

street_shape polygon(std::vector<point> corners, yuv_colour colour = {}) {
  street_shape x;
  x.corners = std::move(corners);
  x.colour = colour;
  return x;
}

street_shape box_of(float x0, float y0, float x1, float y1, yuv_colour colour) {
  return polygon({{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}, colour);
}

street_shape ellipse(float x, float y, float rx, float ry, yuv_colour colour) {
  street_shape result;
  result.is = street_shape::form::ellipse;
  result.corners = {{x, y}, {rx, ry}};
  result.colour = colour;
  return result;
}

street_shape painted(street_shape x, float shade = 0) {
  x.painted = true;
  x.colour = {shade, 128, 128};
  return x;
}

street_shape patterned(street_shape x, street_pattern pattern, bool person) {
  x.pattern = pattern;
  x.period = person ? person_period : vehicle_period;
  x.amplitude = person ? person_amplitude : vehicle_amplitude;
  return x;
}

/// Which kind of its family: the first has no pattern.
street_pattern pattern_of(street_kind kind) {
  switch (kind) {
    case street_kind::taxi:
    case street_kind::parcel_van:
    case street_kind::courier:
      return street_pattern::bars;
    case street_kind::patrol:
    case street_kind::bakery_van:
    case street_kind::steward:
      return street_pattern::rows;
    case street_kind::icecream_van:
      return street_pattern::squares;
    default:
      return street_pattern::none;
  }
}

/// A line with a width.
street_shape limb(point a, point b, float width, yuv_colour colour) {
  auto dx = b.x - a.x, dy = b.y - a.y;
  auto s = width / 2 / std::sqrt(dx * dx + dy * dy);
  auto nx = -dy * s, ny = dx * s;
  return polygon({{a.x + nx, a.y + ny},
                  {b.x + nx, b.y + ny},
                  {b.x - nx, b.y - ny},
                  {a.x - nx, a.y - ny}},
                 colour);
}

void wheel(shapes& out, float x, float r) {
  out.push_back(ellipse(x, r, r, r, tyre));
  out.push_back(ellipse(x, r, r * .6f, r * .6f, chrome));
  out.push_back(ellipse(x, r, r * .2f, r * .2f, black));
}

shapes car(street_kind kind) {
  shapes out;
  out.push_back(box_of(-1.9f, .2f, 1.9f, .5f, black));
  // The cabin, its windows, the body with its sides.
  out.push_back(painted(
    polygon({{-1.75f, .8f}, {-1.25f, 1.46f}, {.45f, 1.46f}, {1.1f, .85f}}),
    -6));
  out.push_back(polygon(
    {{-1.42f, .86f}, {-1.12f, 1.36f}, {-.38f, 1.36f}, {-.38f, .86f}}, glass));
  out.push_back(polygon(
    {{-.28f, .86f}, {-.28f, 1.36f}, {.38f, 1.36f}, {.92f, .86f}}, glass));
  out.push_back(patterned(painted(polygon({{-2.1f, .36f},
                                           {-2.12f, .82f},
                                           {-1.75f, .92f},
                                           {1.1f, .9f},
                                           {2.0f, .74f},
                                           {2.12f, .36f}})),
                          pattern_of(kind), false));
  out.push_back(box_of(-2.12f, .3f, 2.14f, .38f, metal));
  out.push_back(box_of(1.9f, .56f, 2.08f, .7f, lamp));
  out.push_back(box_of(-2.12f, .6f, -1.98f, .78f, brake));
  wheel(out, -1.3f, .34f);
  wheel(out, 1.32f, .34f);
  return out;
}

shapes van(street_kind kind) {
  shapes out;
  out.push_back(box_of(-2.3f, .2f, 2.2f, .5f, black));
  out.push_back(patterned(painted(polygon({{-2.45f, .35f},
                                           {-2.5f, 2.1f},
                                           {-2.3f, 2.22f},
                                           {1.2f, 2.22f},
                                           {1.95f, 1.25f},
                                           {2.45f, 1.05f},
                                           {2.5f, .35f}})),
                          pattern_of(kind), false));
  out.push_back(polygon(
    {{.55f, 1.25f}, {.55f, 1.95f}, {1.2f, 1.95f}, {1.75f, 1.25f}}, glass));
  out.push_back(painted(box_of(.42f, .45f, .46f, 2.1f, {}), -30));
  out.push_back(box_of(-2.48f, .3f, 2.52f, .4f, metal));
  out.push_back(box_of(2.25f, .7f, 2.46f, .9f, lamp));
  out.push_back(box_of(-2.5f, .9f, -2.4f, 1.3f, brake));
  wheel(out, -1.6f, .38f);
  wheel(out, 1.6f, .38f);
  return out;
}

shapes truck() {
  shapes out;
  out.push_back(box_of(-3.0f, .4f, 2.8f, .7f, black));
  out.push_back(painted(box_of(-3.1f, .7f, 1.3f, 2.9f, {})));
  out.push_back(painted(box_of(-3.1f, 2.72f, 1.3f, 2.9f, {}), -22));
  out.push_back(painted(box_of(-.95f, .7f, -.88f, 2.72f, {}), -14));
  out.push_back(polygon(
    {{1.45f, .5f}, {1.45f, 2.3f}, {2.5f, 2.3f}, {3.05f, 1.4f}, {3.1f, .5f}},
    {96, 136, 122}));
  out.push_back(polygon(
    {{1.75f, 1.4f}, {1.75f, 2.1f}, {2.42f, 2.1f}, {2.85f, 1.4f}}, glass));
  out.push_back(box_of(2.85f, .65f, 3.1f, .85f, lamp));
  wheel(out, -2.2f, .46f);
  wheel(out, -1.15f, .46f);
  wheel(out, 2.2f, .46f);
  return out;
}

/// How far a leg or arm is before its middle, in [-1, 1].
float swing(int phase) {
  return std::sin(2 * pi * float(phase) / float(street_phases));
}

constexpr yuv_colour skin{140, 114, 146}, trousers{48, 136, 124},
  shoes{28, 128, 128}, hair{40, 124, 134};

shapes person(street_kind kind, int phase) {
  shapes out;
  auto s = swing(phase);
  for (auto side : {-1.f, 1.f}) {
    auto foot = point{.3f * s * side, .06f};
    auto knee = point{.17f * s * side + .05f, .52f};
    out.push_back(limb({0, .98f}, knee, .2f, trousers));
    out.push_back(limb(knee, foot, .16f, trousers));
    out.push_back(ellipse(foot.x + .06f, .06f, .14f, .06f, shoes));
  }
  out.push_back(painted(limb({0, 1.52f}, {-.28f * s, .98f}, .13f, {}), -18));
  out.push_back(patterned(painted(polygon({{-.25f, .9f},
                                           {-.29f, 1.5f},
                                           {-.14f, 1.66f},
                                           {.14f, 1.66f},
                                           {.29f, 1.5f},
                                           {.25f, .9f}})),
                          pattern_of(kind), true));
  out.push_back(ellipse(0, 1.84f, .14f, .17f, skin));
  out.push_back(ellipse(-.03f, 1.91f, .15f, .12f, hair));
  return out;
}

shapes cyclist(int phase) {
  shapes out;
  for (auto x : {-.62f, .62f}) {
    out.push_back(ellipse(x, .36f, .36f, .36f, tyre));
    out.push_back(ellipse(x, .36f, .3f, .3f, {112, 128, 128}));
    out.push_back(ellipse(x, .36f, .06f, .06f, tyre));
  }
  constexpr yuv_colour frame{90, 110, 170};
  out.push_back(limb({-.62f, .36f}, {-.2f, .85f}, .06f, frame));
  out.push_back(limb({-.2f, .85f}, {.45f, .88f}, .06f, frame));
  out.push_back(limb({0, .38f}, {.45f, .88f}, .06f, frame));
  out.push_back(limb({.62f, .36f}, {.42f, 1.05f}, .06f, frame));
  auto s = swing(phase);
  auto pedal = point{.16f * s, .36f + .14f * swing(phase + 2)};
  out.push_back(limb({-.18f, 1.f}, {.22f + .04f * s, .72f}, .18f, trousers));
  out.push_back(limb({.22f + .04f * s, .72f}, pedal, .14f, trousers));
  out.push_back(painted(
    polygon({{-.32f, .95f}, {-.02f, .95f}, {.34f, 1.5f}, {.1f, 1.62f}})));
  out.push_back(painted(limb({.22f, 1.5f}, {.44f, 1.06f}, .11f, {}), -18));
  out.push_back(ellipse(.36f, 1.74f, .14f, .16f, skin));
  out.push_back(ellipse(.34f, 1.82f, .17f, .11f, lamp));
  return out;
}

shapes lamp_post() {
  return {box_of(-.07f, 0, .07f, 6.2f, metal),
          box_of(-.16f, 0, .16f, .5f, metal),
          limb({0, 6.15f}, {1.1f, 6.35f}, .09f, metal),
          ellipse(1.15f, 6.28f, .3f, .1f, chrome)};
}

} // namespace

bool street_shape::holds(float x, float y) const {
  if (is == form::ellipse) {
    auto dx = (x - corners[0].x) / corners[1].x;
    auto dy = (y - corners[0].y) / corners[1].y;
    return dx * dx + dy * dy <= 1;
  }
  auto inside = false;
  for (size_t i = 0, k = corners.size() - 1; i < corners.size(); k = i++) {
    auto a = corners[i], b = corners[k];
    if ((a.y > y) != (b.y > y)
        && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x)
      inside = !inside;
  }
  return inside;
}

float street_shape::shade(float x, float y) const {
  auto wave = [this](float t) { return std::sin(2 * pi * t / period); };
  switch (pattern) {
    case street_pattern::bars:
      return amplitude * wave(x);
    case street_pattern::rows:
      return amplitude * wave(y);
    case street_pattern::squares:
      return amplitude * 1.4f * wave(x) * wave(y);
    default:
      return 0;
  }
}

shapes shapes_of(street_kind kind, int phase) {
  switch (kind) {
    case street_kind::car:
    case street_kind::taxi:
    case street_kind::patrol:
      return car(kind);
    case street_kind::walker:
    case street_kind::courier:
    case street_kind::steward:
      return person(kind, phase);
    case street_kind::truck:
      return truck();
    case street_kind::cyclist:
      return cyclist(phase);
    case street_kind::lamp_post:
      return lamp_post();
    default:
      return van(kind);
  }
}

} // namespace vpaas
