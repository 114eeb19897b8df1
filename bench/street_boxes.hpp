#pragma once

// Boxes of the synthetic street, as good and as poor as detectors give them.

#include "runtime/vision/street.hpp"
#include "runtime/vision/street_random.hpp"
#include "runtime/vision/tracker.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace vpaas::bench {

/// Keyframe 1 of every 15 at 30 frames a second [VI-B].
constexpr uint64_t keyframe_distance = 15;

inline int64_t time_of(const street_config& cfg, uint64_t frame) {
  return int64_t(std::llround(double(frame) / cfg.fps * 1e6));
}

/// The truth, as a perfect detector would say it.
inline std::vector<observation> exact_boxes(const frame_truth& truth) {
  static const auto names = street::labels();
  std::vector<observation> result;
  for (auto& x : truth.objects)
    result.push_back({x.where, .9f, names[size_t(x.label)], {}});
  return result;
}

/// What a middling detector would say, from a seed: 8 % of the objects are
/// overlooked, edges are off by 4 % of a side (standard deviation), 15 % have a
/// poor score, 15 % a label by chance, and a fifth of the frames hold a box on
/// nothing.
class poor_detector {
public:
  explicit poor_detector(uint64_t seed) : random_(seed, 77) {
    // nop
  }

  std::vector<observation> boxes(const frame_truth& truth) {
    static const auto names = street::labels();
    auto any = [this] { return names[random_.below(uint32_t(names.size()))]; };
    std::vector<observation> result;
    for (auto x : exact_boxes(truth)) {
      if (random_.uniform() < .08f)
        continue;
      auto w = x.where.x1 - x.where.x0, h = x.where.y1 - x.where.y0;
      x.where.x0 += normal() * .04f * w, x.where.x1 += normal() * .04f * w;
      x.where.y0 += normal() * .04f * h, x.where.y1 += normal() * .04f * h;
      if (random_.uniform() < .15f)
        x.score = .3f;
      if (random_.uniform() < .15f)
        x.label = any();
      result.push_back(x);
    }
    while (random_.uniform() < .2f) {
      auto x = random_.uniform() * .9f, y = random_.between(.3f, .8f);
      result.push_back(
        {{x, y, x + .08f, y + .08f}, random_.between(.3f, .7f), any(), {}});
    }
    return result;
  }

private:
  /// The sum of four uniform numbers is near a normal one, deviation .577.
  float normal() {
    auto sum = 0.f;
    for (int i = 0; i < 4; ++i)
      sum += random_.uniform() - .5f;
    return sum / .577f;
  }

  street_random random_;
};

} // namespace vpaas::bench
