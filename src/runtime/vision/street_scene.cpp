#include "runtime/vision/street_scene.hpp"

#include "runtime/vision/street_random.hpp"

#include <algorithm>
#include <cmath>

namespace vpaas {

namespace {

/// Metres beside the picture where objects begin and end.
constexpr double margin = 8;

/// Stops of a lane: the same for all on it, as before a traffic light.
struct rhythm {
  double speed;  ///< metres a second
  double period; ///< seconds from stop to stop
  double stop;   ///< seconds of standing
  double ramp;   ///< seconds of braking, and of starting again
  double begun;  ///< seconds that the lane has moved before the video begins

  /// Metres travelled until `t`.
  double distance(double t) const {
    t += begun;
    auto rounds = std::floor(t / period);
    auto x = t - rounds * period;
    auto drive = period - stop - 2 * ramp;
    auto one = speed * (drive + ramp);
    auto result = rounds * one + speed * std::min(x, drive);
    if (auto y = std::clamp(x - drive, 0., ramp); y > 0)
      result += speed * (y - y * y / (2 * ramp));
    if (auto y = std::max(x - drive - ramp - stop, 0.); y > 0)
      result += speed * y * y / (2 * ramp);
    return result;
  }
};

/// Metres from the middle to where objects of a lane begin and end.
double reach(float scale) {
  return 640 / double(scale) * 1.2 + margin;
}

} // namespace

struct street_scene::lane {
  uint64_t number;
  float scale;    ///< pixels a metre in the middle of a width of 1280
  bool left;      ///< goes to the left
  bool walk;      ///< is for people
  double spacing; ///< metres between places that may be taken
  double share;   ///< of places that are taken, at density 1
  rhythm how;
};

namespace {

using lanes = std::array<float, 7>;

// Pixels a metre: four lanes of a road, the strip in its middle, and two ways
// on the near pavement.
constexpr lanes scales{24, 28, 31.5f, 35, 40, 48, 54};

} // namespace

yuv_colour from_rgb(float r, float g, float b) {
  auto y = .2126f * r + .7152f * g + .0722f * b;
  return {16 + y * 219 / 255, 128 + (b - y) / 1.8556f * 224 / 255,
          128 + (r - y) / 1.5748f * 224 / 255};
}

street_scene::street_scene(const street_config& config) : config_(config) {
  street_random random{config.seed, 1};
  auto unit = float(config.width) / 1280;
  auto rows = float(config.height) / 720;
  view_.unit = unit;
  view_.horizon = random.between(50, 70) * rows;
  // The rows of a flat picture have to do for the same street.
  view_.camera = random.between(11.2f, 11.7f) * rows / unit;
  view_.tilt = random.between(.6e-4f, 1.3e-4f) / unit;
  if (random.below(2) == 1)
    view_.tilt = -view_.tilt;
}

street_scene::kerbs street_scene::edges() const {
  return {21.5f * view_.unit, 31.5f * view_.unit, 43.5f * view_.unit};
}

street_kind street_scene::kind_of(const lane& x, uint64_t index,
                                  bool late) const {
  street_random random{config_.seed, x.number + 100, index};
  auto variant = int32_t(random.below(3));
  auto pick = random.uniform();
  if (late && !x.walk && random.uniform() < .5f)
    return street_kind::icecream_van;
  if (x.walk)
    return pick < .28f ? street_kind::cyclist
                       : street_kind(int32_t(street_kind::walker) + variant);
  if (pick < .25f)
    return street_kind::truck;
  auto first = pick < .62f ? street_kind::car : street_kind::van;
  return street_kind(int32_t(first) + variant);
}

yuv_colour street_scene::paint_of(uint64_t identity, street_kind kind,
                                  bool drifted) const {
  street_random random{config_.seed, identity, 7};
  auto lot = random.uniform();
  if (drifted && lot < float(config_.colours)) {
    // Bright violet to green, as no paint of before.
    auto t = random.uniform();
    return from_rgb(200 * (1 - t) + 30, 60 + 180 * t, 220 * (1 - t) + 40);
  }
  auto grey = random.between(95, 215);
  auto hue = random.below(6);
  auto c = random.between(10, 70);
  if (kind == street_kind::truck)
    grey = std::max(grey, 140.f);
  switch (hue) {
    case 0:
      return from_rgb(grey, grey - c, grey - c);
    case 1:
      return from_rgb(grey - c, grey - c / 2, grey);
    case 2:
      return from_rgb(grey, grey - c / 3, grey - c);
    default:
      return from_rgb(grey, grey, grey - c / 10);
  }
}

void street_scene::add(std::vector<street_object>& out, const lane& x,
                       uint64_t index, uint64_t frame) const {
  street_random random{config_.seed, x.number + 1, index};
  if (random.uniform() >= x.share * config_.density)
    return;
  auto seconds = double(frame) / config_.fps;
  auto place = (double(index) + .12 * random.uniform()) * x.spacing;
  auto half = reach(x.scale);
  auto at = [&](double t) { return x.how.distance(t) - place; };
  auto late = config_.new_class_at >= 0 && at(config_.new_class_at) < -half;
  auto along = at(seconds); // metres from the middle
  if (std::abs(along) > half)
    return;
  street_object y;
  y.kind = kind_of(x, index, late);
  y.identity = (x.number + 1) << 40 | index;
  y.mirrored = x.left;
  auto flat = float(x.left ? -along : along) * x.scale * view_.unit;
  // A straight line on the ground, seen in perspective.
  auto bend = 1 / (1 - flat * view_.tilt);
  y.x = float(config_.width) / 2 + flat * bend;
  y.scale = scale_at(x.scale * view_.unit, y.x);
  y.y = view_.row(y.scale);
  y.scale *= random.between(.95f, 1.06f);
  y.phase = int(uint64_t(std::abs(along) * 4.5 + random.uniform() * 6)
                % street_phases);
  y.paint = paint_of(y.identity, y.kind, config_.drifted(frame));
  out.push_back(y);
}

street_scene::lane street_scene::lane_of(uint64_t number) const {
  street_random random{config_.seed, 2, number};
  lane x;
  x.number = number;
  x.scale = scales[number];
  x.walk = number == 2 || number > 4;
  x.left = x.walk ? random.below(2) == 1 : number > 2;
  x.spacing = x.walk ? 3.2 : 8.2;
  x.share = x.walk ? .26 : .38;
  x.how.speed = double(x.walk ? random.between(1.1f, 1.8f)
                              : random.between(6, 10));
  x.how.period = double(random.between(14, 26));
  x.how.stop = double(random.between(2, 5));
  x.how.ramp = x.walk ? .6 : 2;
  x.how.begun = x.how.period * double(1000 + random.below(1000))
                + double(random.between(0, 14));
  return x;
}

std::vector<street_object> street_scene::at(uint64_t frame) const {
  std::vector<street_object> result;
  for (uint64_t i = 0; i < scales.size(); ++i) {
    auto x = lane_of(i);
    auto gone = x.how.distance(double(frame) / config_.fps);
    auto half = reach(x.scale);
    auto first = std::max(std::ceil((gone - half) / x.spacing) - 1, 0.);
    for (auto k = first; k * x.spacing <= gone + half; ++k)
      add(result, x, uint64_t(k), frame);
  }
  for (auto x : {.31f, .83f}) {
    street_object post;
    post.kind = street_kind::lamp_post;
    post.x = x * float(config_.width);
    post.scale = scale_at(edges().near, post.x);
    post.y = view_.row(post.scale);
    result.push_back(post);
  }
  std::stable_sort(result.begin(), result.end(),
                   [](auto& a, auto& b) { return a.y < b.y; });
  return result;
}

float street_scene::scale_at(float middle, float x) const {
  return middle * (1 + (x - float(config_.width) / 2) * view_.tilt);
}

} // namespace vpaas
