#pragma once

// Crops of the synthetic street, with their features and what they show.

#include "runtime/error.hpp"
#include "runtime/evaluation/light_desk.hpp"
#include "runtime/learning/head_learner.hpp"
#include "runtime/learning/head_lessons.hpp"
#include "runtime/learning/kept_crop.hpp"
#include "runtime/vision/street.hpp"

#include <algorithm>
#include <functional>
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

/// Features of the crops of one picture.
using embed_fun = std::function<std::vector<float>(const camera_crops&)>;

/// What a camera sees, each object and some background once a second.
/// @param from second of the street's time, whose end is that of `cfg`
inline crops look(const embed_fun& embed, const street_config& cfg,
                  double from = 0) {
  street scene{cfg};
  auto names = street::labels();
  auto camera = "street-" + std::to_string(cfg.seed);
  crops result;
  auto first = uint64_t(from) * uint64_t(cfg.fps);
  for (auto k = first; k < cfg.frames(); k += uint64_t(cfg.fps)) {
    auto there = scene.truth(k).objects;
    camera_crops in{camera, draw(scene, k), {}};
    std::vector<std::string> labels;
    auto add = [&](const box& where, const std::string& label) {
      in.places.emplace_back();
      in.places.back().place.where = where;
      in.places.back().place.hint = -1;
      labels.push_back(label);
    };
    for (auto& x : there)
      add(x.where, names[size_t(x.label)]);
    auto empty = background_of(there);
    for (size_t i = 0; i < std::min<size_t>(2, empty.size()); ++i)
      add(empty[i], "");
    if (labels.empty())
      continue;
    auto features = embed(in);
    auto d = ptrdiff_t(features.size() / labels.size());
    for (size_t i = 0; i < labels.size(); ++i) {
      auto row = features.begin() + ptrdiff_t(i) * d;
      result.push_back({crop_id("fog", camera, k, i),
                        labels[i],
                        {row, row + d},
                        in.places[i]});
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

/// What is looked at, with what.
struct school {
  crop_embedder backbone;
  one_vs_all first;
  double seconds = 60;

  /// As a fog sees: in the light that the backbone knows.
  crops see(const street_config& cfg, light_desk& light, double from = 0) {
    return look(
      [&](const camera_crops& x) {
        return need(light.embed(backbone, {x}, first));
      },
      cfg, from);
  }

  crops see(const street_config& cfg) {
    light_desk light;
    return see(cfg, light);
  }

  /// What the same camera sees later, when everything has passed that was
  /// there.
  crops see_later(street_config cfg, light_desk& light) {
    auto from = cfg.seconds + 15;
    cfg.seconds += from;
    return see(cfg, light, from);
  }

  /// The same, in whatever light there is.
  crops see_later_as_it_is(street_config cfg) {
    auto from = cfg.seconds + 15;
    cfg.seconds += from;
    return see_as_it_is(cfg, from);
  }

  crops see_as_it_is(const street_config& cfg, double from = 0) {
    return look(
      [&](const camera_crops& x) {
        frame_crops all{x.picture, {}};
        for (auto& place : x.places)
          all.where.push_back(place.place.where);
        return need(backbone.embed({all}));
      },
      cfg, from);
  }

  /// The paper's heads: ReLU, from the means of what there was before.
  one_vs_all relu_heads(const crops& before) const {
    one_vs_all none;
    none.kind = head_kind::relu;
    none.dimensions = first.dimensions;
    return learn(none, before);
  }
};

} // namespace vpaas::bench
