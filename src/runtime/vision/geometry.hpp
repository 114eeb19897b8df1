#pragma once

#include "runtime/fields.hpp"

#include <vector>

namespace vpaas {

/// A place of the picture, [0, 1] as those of a `box`: x right, y down.
struct point {
  float x = 0, y = 0;

  static constexpr auto type_name = "point";

  static constexpr auto fields() {
    return std::make_tuple(field("x", &point::x), field("y", &point::y));
  }
};

/// Corners in their order, the last joined to the first. Where edges cross,
/// what is enclosed an even number of times is outside.
using polygon = std::vector<point>;

/// Whether `p` lies inside; on an edge or a corner it does.
bool inside(const point& p, const polygon& area);

/// Share of the straight way from `a` to `b` that lies inside, in [0, 1]: 0 or
/// 1 where both are one point.
float share_inside(const point& a, const point& b, const polygon& area);

/// A line that is watched. Its beginning belongs to it and its end does not, so
/// that who walks over the joint of two lines passes one of them.
struct line {
  point from, to;

  static constexpr auto type_name = "line";

  static constexpr auto fields() {
    return std::make_tuple(field("from", &line::from), field("to", &line::to));
  }
};

/// Sides as who walks from a line's beginning to its end sees them.
enum class side : uint8_t { on, left, right };

constexpr auto names_of(side) {
  return std::array{"on", "left", "right"};
}

/// Closer than this share of its length is on the line.
inline constexpr float line_width = 1e-5f;

side side_of(const point& p, const line& x);

/// What must be known of somebody to see whether he passes.
struct passage {
  side last = side::on; ///< where he was, when last on a side
  point at;             ///< where he was last

  static constexpr auto type_name = "passage";

  static constexpr auto fields() {
    using self = passage;
    return std::make_tuple(field("last", &self::last), field("at", &self::at));
  }
};

/// Takes a step of somebody to `p`. He passes when he is on the other side than
/// before and came over the line, not around it: who touches it and goes back,
/// stands on it, or begins on it does not pass; who stands on it and goes on
/// passes once, where he leaves it.
/// @returns the side that he came to, `on` where he did not pass
side step_to(const point& p, const line& x, passage& who);

} // namespace vpaas
