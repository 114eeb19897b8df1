#pragma once

// Crops of the synthetic street, with their features and what they show.

#include "runtime/error.hpp"
#include "runtime/evaluation/crop_embedder.hpp"
#include "runtime/learning/head_lessons.hpp"
#include "runtime/learning/kept_crop.hpp"
#include "runtime/vision/street.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace vpaas::bench {

using crops = std::vector<taught_crop>;

template <class T>
T need(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

inline frame draw(const street& scene, uint64_t number) {
  auto w = scene.config().width, h = scene.config().height;
  std::vector<uint8_t> y(size_t(w) * size_t(h)), u(y.size() / 4),
    v(y.size() / 4);
  scene.draw(number, {y.data(), u.data(), v.data(), w, w / 2});
  frame_info info;
  info.number = number;
  return need(
    frame::copy({plane{y.data(), w, w, h}, plane{u.data(), w / 2, w / 2, h / 2},
                 plane{v.data(), w / 2, w / 2, h / 2}},
                info));
}

/// What a camera sees, each object and some background once a second.
/// @param from second of the street's time, whose end is that of `cfg`
inline crops look(crop_embedder& backbone, const street_config& cfg,
                  double from = 0) {
  street scene{cfg};
  auto names = street::labels();
  crops result;
  auto first = uint64_t(from) * uint64_t(cfg.fps);
  for (auto k = first; k < cfg.frames(); k += uint64_t(cfg.fps)) {
    auto there = scene.truth(k).objects;
    frame_crops in{draw(scene, k), {}};
    std::vector<std::string> labels;
    for (auto& x : there) {
      in.where.push_back(x.where);
      labels.push_back(names[size_t(x.label)]);
    }
    auto empty = background_of(there);
    for (size_t i = 0; i < std::min<size_t>(2, empty.size()); ++i) {
      in.where.push_back(empty[i]);
      labels.emplace_back();
    }
    if (in.where.empty())
      continue;
    auto features = need(backbone.embed({in}));
    auto d = backbone.dimensions();
    for (size_t i = 0; i < labels.size(); ++i) {
      taught_crop x;
      x.id = crop_id("fog", "street-" + std::to_string(cfg.seed), k, i);
      x.label = labels[i];
      x.features.assign(features.begin() + ptrdiff_t(i * d),
                        features.begin() + ptrdiff_t((i + 1) * d));
      x.place.place.where = in.where[i];
      x.place.place.hint = -1;
      result.push_back(std::move(x));
    }
  }
  return result;
}

inline street_config calm(uint64_t seed, double seconds) {
  street_config result;
  result.seed = seed;
  result.seconds = seconds;
  return result;
}

/// Late in the day, a lens a little out of focus, paint never seen. At dusk, or
/// out of focus by a pixel, the backbone tells nothing apart that heads could.
inline street_config drifted(uint64_t seed, double seconds) {
  auto result = calm(seed, seconds);
  result.light = .6;
  result.blur = .4;
  result.colours = .5;
  return result;
}

} // namespace vpaas::bench
