#include "runtime/vision/tracker.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vpaas {

namespace {

constexpr size_t max_flows = 200;

/// Deviations of the logarithm of a side. What is partly hidden shrinks.
constexpr float shrinks_x = .3f, shrinks_y = .2f, grows_x = .3f, grows_y = .1f;

/// Greatest share of a side in the cost: hidden objects stay possible.
constexpr float most_shape = 9;

/// Below this share of its side an object is partly hidden.
constexpr float hidden = .9f;

constexpr float label_cost = 10;      ///< of another label that was sure
constexpr float appearance_cost = 20; ///< of features at a right angle

/// Spreads of a `flow`: of its place across and along the picture, sizes and
/// shares of the picture; of the logarithm of its size; its age, seconds.
constexpr float flow_y = .4f, flow_x = .45f, flow_size = .5f, flow_age = 3;

/// What an old flow still counts, and what it counts that none is known.
constexpr float flow_rest = .05f, flow_none = .05f;

/// Deviations of a speed that flows tell, sizes a second.
constexpr float flow_dx = .3f, flow_dy = .1f;

float square(float x) {
  return x * x;
}

/// A box as a tracker sees it.
struct extent {
  explicit extent(const box& b)
    : x((b.x0 + b.x1) / 2), y((b.y0 + b.y1) / 2),
      width(std::max(b.x1 - b.x0, 1e-4f)), height(std::max(b.y1 - b.y0, 1e-4f)),
      size(std::sqrt(width * height)) {
    // nop
  }

  float x, y, width, height, size;
};

float size_of(const track& x) {
  return std::sqrt(x.width * x.height);
}

/// How far a whole side must move to hold what is seen of it: a part of it may
/// be hidden at either end.
float distance(float seen, float seen_side, const motion& m, float side) {
  auto d = seen - m.place, slack = std::max(side - seen_side, 0.f) / 2;
  return d > 0 ? std::max(d - slack, 0.f) : std::min(d + slack, 0.f);
}

float shape_cost(float seen, float side, float shrinks, float grows) {
  auto x = std::log(seen / side);
  return std::min(square(x / (x < 0 ? shrinks : grows)), most_shape);
}

float likeness(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() != b.size()
           ? 0
           : std::inner_product(a.begin(), a.end(), b.begin(), 0.f);
}

/// Takes in what is seen of a side.
void follow(motion& m, float& side, float seen, float seen_side, float noise) {
  if (seen_side < hidden * side) {
    m.update(m.place + distance(seen, seen_side, m, side), noise);
    side += .1f * (seen_side - side);
  } else {
    m.update(seen, noise);
    side += .5f * (seen_side - side);
  }
}

void follow_label(track& x, const std::string& label) {
  if (x.label == label) {
    x.faith += .5f * (1 - x.faith);
  } else if ((x.faith *= .5f) < .25f) {
    x.label = label;
    x.faith = .5f;
  }
}

void follow_appearance(track& x, const std::vector<float>& seen) {
  if (x.appearance.size() != seen.size()) {
    if (!seen.empty())
      x.appearance = seen;
    return;
  }
  auto length = 0.f;
  for (size_t i = 0; i < seen.size(); ++i) {
    x.appearance[i] += .2f * (seen[i] - x.appearance[i]);
    length += square(x.appearance[i]);
  }
  for (auto& y : x.appearance)
    y /= std::sqrt(std::max(length, 1e-12f));
}

} // namespace

std::vector<uint64_t> tracker::update(uint64_t frame, int64_t now,
                                      const std::vector<observation>& found) {
  auto before = memory_.now;
  predict(now);
  auto& tracks = memory_.tracks;
  indices high, low, free(tracks.size());
  for (size_t i = 0; i < found.size(); ++i)
    if (auto score = found[i].score; score >= config_.low)
      (score >= config_.high ? high : low).push_back(i);
  std::iota(free.begin(), free.end(), size_t{0});
  std::vector<int32_t> owner(found.size(), unassigned);
  associate(found, high, free, owner);
  free.erase(std::remove_if(free.begin(), free.end(),
                            [&](size_t i) { return tracks[i].seen != before; }),
             free.end());
  associate(found, low, free, owner);
  std::vector<uint64_t> result(found.size(), no_track);
  for (size_t i = 0; i < found.size(); ++i) {
    if (owner[i] != unassigned) {
      auto& x = tracks[size_t(owner[i])];
      take(x, found[i]);
      result[i] = x.id;
    } else if (found[i].score >= std::max(config_.start, config_.low)
               && i + 1 < max_begun) {
      result[i] = track_id(frame, config_.first_index + i);
      tracks.push_back(begin(result[i], found[i]));
    }
  }
  forget();
  return result;
}

void tracker::recall(int64_t now, const std::vector<observation>& found,
                     const std::vector<uint64_t>& ids) {
  predict(now);
  auto& tracks = memory_.tracks;
  for (size_t i = 0; i < found.size(); ++i) {
    if (ids[i] == no_track)
      continue;
    auto x = std::find_if(tracks.begin(), tracks.end(),
                          [&](auto& y) { return y.id == ids[i]; });
    if (x == tracks.end())
      tracks.push_back(begin(ids[i], found[i]));
    else
      take(*x, found[i]);
  }
  forget();
}

void tracker::predict(int64_t now) {
  auto dt = float(double(now - memory_.now) / 1e6);
  memory_.now = now;
  if (dt < 0) // a clock that was set, or a file that begins again
    memory_.tracks.clear();
  for (auto& x : memory_.tracks) {
    // What moves speeds up and brakes along its way.
    auto size = square(size_of(x));
    auto vx = square(x.x.speed) + .01f * size;
    auto vy = square(x.y.speed) + .01f * size;
    auto jerk = config_.jerk * size;
    x.x.predict(dt, jerk * (.02f + vx / (vx + vy)));
    x.y.predict(dt, jerk * (.02f + vy / (vx + vy)));
  }
}

void tracker::associate(const std::vector<observation>& found,
                        const indices& which, indices& free,
                        std::vector<int32_t>& owner) const {
  cost_table costs{free.size(), which.size()};
  for (size_t i = 0; i < free.size(); ++i)
    for (size_t k = 0; k < which.size(); ++k)
      costs.at(i, k) = cost(memory_.tracks[free[i]], found[which[k]]);
  auto pairs = assign(costs, double(config_.alone));
  indices left;
  for (size_t i = 0; i < free.size(); ++i) {
    if (pairs[i] == unassigned)
      left.push_back(free[i]);
    else
      owner[which[size_t(pairs[i])]] = int32_t(free[i]);
  }
  free = std::move(left);
}

double tracker::cost(const track& x, const observation& y) const {
  extent seen{y.where};
  auto size = square(size_of(x));
  auto noise = square(config_.place) * size;
  auto var_x = x.x.place_var + noise, var_y = x.y.place_var + noise;
  auto d2 = square(distance(seen.x, seen.width, x.x, x.width)) / var_x
            + square(distance(seen.y, seen.height, x.y, x.height)) / var_y;
  if (!(d2 <= config_.gate))
    return cost_table::never;
  auto shape = shape_cost(seen.width, x.width, shrinks_x, grows_x)
               + shape_cost(seen.height, x.height, shrinks_y, grows_y);
  auto label = y.label == x.label ? 0 : label_cost * x.faith;
  auto look = y.appearance.empty() || x.appearance.empty()
                ? 0
                : appearance_cost * (1 - likeness(y.appearance, x.appearance));
  return double(d2 + shape + label + look
                + std::log(var_x * var_y / square(size)));
}

void tracker::take(track& x, const observation& y) {
  extent seen{y.where};
  auto noise = square(config_.place * size_of(x));
  follow(x.x, x.width, seen.x, seen.width, noise);
  follow(x.y, x.height, seen.y, seen.height, noise);
  follow_label(x, y.label);
  follow_appearance(x, y.appearance);
  x.seen = memory_.now;
  ++x.hits;
  remember(x);
}

track tracker::begin(uint64_t id, const observation& y) const {
  extent seen{y.where};
  auto n = flow_none;
  float dx = 0, dy = 0, dxx = 0, dyy = 0;
  for (auto& f : memory_.flows) {
    auto age = float(double(memory_.now - f.seen) / 1e6);
    auto far = square((f.y - seen.y) / (flow_y * seen.size))
               + square((f.x - seen.x) / flow_x)
               + square(std::log(f.size / seen.size) / flow_size);
    auto w = std::exp(-far / 2) * (std::exp(-age / flow_age) + flow_rest);
    n += w;
    dx += w * f.dx, dy += w * f.dy;
    dxx += w * square(f.dx), dyy += w * square(f.dy);
  }
  auto place = square(config_.place * seen.size);
  auto unknown = flow_none * square(config_.speed * seen.size);
  auto var = [&](float sum, float squares, float least) {
    return (squares + unknown) / n - square(sum / n)
           + square(least * seen.size);
  };
  track x;
  x.id = id;
  x.x = {seen.x, dx / n, place, var(dx, dxx, flow_dx), 0};
  x.y = {seen.y, dy / n, place, var(dy, dyy, flow_dy), 0};
  x.width = seen.width, x.height = seen.height;
  x.label = y.label;
  x.faith = .5f;
  x.seen = memory_.now;
  x.hits = 1;
  x.appearance = y.appearance;
  return x;
}

void tracker::remember(const track& x) {
  if (x.hits < 3) // its speed is still a guess
    return;
  auto& xs = memory_.flows;
  if (xs.size() >= max_flows)
    xs.erase(xs.begin());
  xs.push_back(
    {x.x.place, x.y.place, size_of(x), x.x.speed, x.y.speed, memory_.now});
}

void tracker::forget() {
  auto gone = [&](const track& x) {
    auto inside = [](float at) { return at >= 0 && at <= 1; };
    return double(memory_.now - x.seen) / 1e6 > double(config_.keep)
           || !inside(x.x.place) || !inside(x.y.place);
  };
  auto& xs = memory_.tracks;
  xs.erase(std::remove_if(xs.begin(), xs.end(), gone), xs.end());
}

} // namespace vpaas
