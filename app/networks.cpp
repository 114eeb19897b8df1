#include "networks.hpp"

#include "actors/functions/null_detector.hpp"
#include "artifact_install.hpp"
#include "model_list.hpp"
#include "runtime/evaluation/crop_embedder.hpp"
#include "runtime/evaluation/frame_detector.hpp"
#include "runtime/evaluation/frame_enlarger.hpp"
#include "runtime/evaluation/light_desk.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/second_look.hpp"
#include "runtime/nn/zoo.hpp"
#include "system.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace vpaas {

namespace {

/// What the parameters of a function name: a model, and how it runs.
struct choice_of_model {
  located_model model;
  load_options options;

  /// Name, version and type: "nanodet-plus-m@1 fp32".
  std::string version() const {
    return model.card.name + "@" + std::to_string(model.card.version) + " "
           + to_string(options.type);
  }
};

caf::expected<choice_of_model> choose(const zoo& models, const document& x) {
  auto found = models.locate(x.get<std::string>("model"));
  if (!found)
    return std::move(found.error());
  auto options = options_for(found->card, x.get<std::string>("device"),
                             x.get<int>("threads"));
  auto type = x.get<std::string>("type");
  if (type != "card")
    from_string(type, options.type);
  return choice_of_model{std::move(*found), options};
}

/// What a network looks at once before it serves: its first run plans and
/// allocates, and a network that fails on it is none.
frame grey_frame() {
  constexpr int w = 320, h = 180;
  static const std::vector<uint8_t> grey(size_t(w) * h, 128);
  auto at = [](int w, int h) { return plane{grey.data(), ptrdiff_t(w), w, h}; };
  frame_info info;
  return *frame::copy({at(w, h), at(w / 2, h / 2), at(w / 2, h / 2)}, info);
}

caf::error no_pixels(const item& x) {
  return caf::make_error(ec::bad_input,
                         "failed to look at " + x.kind + " "
                           + std::to_string(x.seq) + " of " + x.stream
                           + ": it holds no pixels; send decoded "
                             "frames of this process");
}

size_t frames_of(const item& x) {
  auto in = x.value.get<keyframes>();
  return in ? in->frames.size() : 0;
}

size_t crops_of(const item& x) {
  auto in = x.value.get<regions>();
  return in ? in->places.size() : 0;
}

caf::expected<std::vector<detections>> detect(frame_detector& detector,
                                              const std::vector<item>& xs,
                                              const std::string& version) {
  std::vector<frame> frames;
  std::vector<detections> result;
  for (auto& x : xs) {
    auto in = x.value.get<keyframes>();
    if (!in)
      return no_pixels(x);
    frames.insert(frames.end(), in->frames.begin(), in->frames.end());
    auto& card = detector.card();
    result.push_back({version, card.labels, card.regions, {}});
  }
  auto found = detector.detect(frames);
  if (!found)
    return std::move(found.error());
  auto next = found->begin();
  for (size_t i = 0; i < xs.size(); ++i)
    for (auto& f : xs[i].value.get<keyframes>()->frames)
      result[i].frames.push_back({f.number(), std::move(*next++)});
  return result;
}

/// A backbone, and the light of the cameras that it looks at.
struct lit_backbone {
  crop_embedder net;
  light_desk light{[](const std::string& camera, float gain) {
    spdlog::info("classifier: crops of {} are shown to the backbone {:.2f} "
                 "times as bright as they are",
                 camera, gain);
  }};

  caf::expected<classifier_world::features> embed(const std::vector<item>& xs,
                                                  const one_vs_all& judge);
};

caf::expected<classifier_world::features>
lit_backbone::embed(const std::vector<item>& xs, const one_vs_all& judge) {
  classifier_world::features result;
  std::vector<camera_crops> crops;
  for (auto& x : xs) {
    auto in = x.value.get<regions>();
    if (!in)
      return no_pixels(x);
    result.crops.push_back(in->places.size());
    crops.push_back({x.stream, in->picture, {}});
    for (auto& place : in->places) {
      auto known = place.hint >= 0 && size_t(place.hint) < in->names.size();
      crops.back().places.push_back(
        {place, known ? in->names[size_t(place.hint)] : ""});
    }
    result.places.insert(result.places.end(), crops.back().places.begin(),
                         crops.back().places.end());
  }
  auto found = light.embed(net, crops, judge);
  if (!found)
    return std::move(found.error());
  result.values = std::move(*found);
  result.dimensions = net.dimensions();
  return result;
}

using shelf_ptr = std::shared_ptr<network_shelf>;

/// @param shelf of networks that it may have to wait for; null: its own
detector_world network_detectors(zoo models, shelf_ptr shelf = nullptr) {
  detector_world result;
  result.frames = frames_of;
  result.load = [models = std::move(models), shelf = std::move(shelf)](
                  const document& x) -> caf::expected<detector_world::loaded> {
    auto chosen = choose(models, x);
    if (!chosen)
      return std::move(chosen.error());
    auto model = frame_detector::load(chosen->model, chosen->options,
                                      shelf.get());
    if (!model)
      return std::move(model.error());
    if (auto found = model->detect(grey_frame()); !found)
      return std::move(found.error());
    auto shared = std::make_shared<frame_detector>(std::move(*model));
    return detector_world::loaded{
      chosen->version(),
      [shared, version = chosen->version()](const std::vector<item>& xs) {
        return detect(*shared, xs, version);
      }};
  };
  return result;
}

classifier_world network_classifiers(zoo models) {
  classifier_world result;
  result.crops = crops_of;
  result.heads = [models](const std::string& name) {
    return read_heads(models, name);
  };
  result.load
    = [models = std::move(models)](
        const document& x) -> caf::expected<classifier_world::loaded> {
    auto chosen = choose(models, x);
    if (!chosen)
      return std::move(chosen.error());
    auto net = crop_embedder::load(chosen->model, chosen->options,
                                   x.get<size_t>("max_batch"));
    if (!net)
      return std::move(net.error());
    if (auto found = net->embed({{grey_frame(), {box{0, 0, 1, 1}}}}); !found)
      return std::move(found.error());
    auto shared = std::make_shared<lit_backbone>(lit_backbone{std::move(*net)});
    return classifier_world::loaded{
      chosen->version(),
      [shared](const std::vector<item>& xs, const one_vs_all& judge) {
        return shared->embed(xs, judge);
      },
      shared->net.dimensions()};
  };
  return result;
}

caf::expected<std::vector<frame>> enlarge(frame_enlarger& network,
                                          const keyframes& in) {
  std::vector<frame> result;
  for (auto& f : in.frames) {
    auto larger = network.enlarge(f);
    if (!larger)
      return std::move(larger.error());
    result.push_back(std::move(*larger));
  }
  return result;
}

caf::expected<std::vector<detections>> look_again(second_look& network,
                                                  const std::vector<item>& xs,
                                                  const std::string& version) {
  std::vector<look_request> requests;
  std::vector<detections> result;
  auto& card = network.card();
  for (auto& x : xs) {
    auto in = x.value.get<regions>();
    if (!in)
      return no_pixels(x);
    requests.push_back(
      {in->picture, in->places, in->named, in->names, in->budget});
    result.push_back({version, card.labels, card.regions, {}});
  }
  auto opinions = network.look(requests);
  if (!opinions)
    return std::move(opinions.error());
  for (size_t i = 0; i < xs.size(); ++i) {
    frame_detections found{requests[i].picture.number(), {}};
    for (auto& x : (*opinions)[i])
      if (x.label >= 0)
        found.found.push_back({x.where, x.label, x.score, x.score});
    result[i].frames.push_back(std::move(found));
  }
  return result;
}

detector_world network_second_looks(zoo models, shelf_ptr shelf) {
  detector_world result; // every keyframe weighs the same
  result.load = [models = std::move(models), shelf = std::move(shelf)](
                  const document& x) -> caf::expected<detector_world::loaded> {
    auto chosen = choose(models, x);
    if (!chosen)
      return std::move(chosen.error());
    second_look_config how;
    how.packing.budget = x.get<int64_t>("budget");
    how.rule.score = chosen->model.card.regions.theta_cls;
    how.labels = x.get<std::vector<std::string>>("labels");
    auto network = second_look::load(chosen->model, chosen->options, how,
                                     shelf.get());
    if (!network)
      return std::move(network.error());
    auto shared = std::make_shared<second_look>(std::move(*network));
    return detector_world::loaded{
      chosen->version(),
      [shared, version = chosen->version()](const std::vector<item>& xs) {
        return look_again(*shared, xs, version);
      }};
  };
  return result;
}

super_resolver_world network_super_resolvers(zoo models) {
  super_resolver_world result;
  result.load
    = [models = std::move(models)](
        const document& x) -> caf::expected<super_resolver_world::loaded> {
    auto chosen = choose(models, x);
    if (!chosen)
      return std::move(chosen.error());
    auto net = frame_enlarger::load(chosen->model, chosen->options);
    if (!net)
      return std::move(net.error());
    auto shared = std::make_shared<frame_enlarger>(std::move(*net));
    return super_resolver_world::loaded{
      chosen->version(),
      [shared](const keyframes& in) { return enlarge(*shared, in); }};
  };
  return result;
}

/// What the configuration names, and what a backend sent here.
zoo zoo_of(const settings& config) {
  return default_zoo(config.get<std::string>("zoo", "path") + ":"
                     + data_folder(config) + "/" + model_folder);
}

} // namespace

caf::error find_networks(const settings& config, const child_spec& child) {
  auto models = zoo_of(config);
  auto named = [&](const char* key) {
    auto x = child.parameters.value().value(key, json{""});
    return x.is_string() ? x.get<std::string>() : std::string{};
  };
  if (auto model = named("model"); !model.empty() && model != "null")
    if (auto found = models.locate(model); !found)
      return std::move(found.error());
  if (auto heads = named("heads"); !heads.empty())
    if (auto found = read_heads(models, heads); !found)
      return std::move(found.error());
  return caf::none;
}

network_worlds networks_of(const settings& config) {
  auto models = zoo_of(config);
  // The fog's own detectors take turns: one looks while there is a cloud, the
  // other where there is none.
  auto shelf = std::make_shared<network_shelf>();
  return {with_null_model(network_detectors(models)),
          with_null_model(network_detectors(models, shelf)),
          network_classifiers(models),
          network_super_resolvers(models),
          network_second_looks(models, shelf),
          [models] { return model_list(models); },
          write_heads,
          install_artifact};
}

} // namespace vpaas
