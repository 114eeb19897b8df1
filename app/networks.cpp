#include "networks.hpp"

#include "actors/cloud/null_detector.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/regions.hpp"
#include "runtime/nn/backbone.hpp"
#include "runtime/nn/detection_model.hpp"
#include "runtime/nn/frame_input.hpp"
#include "runtime/nn/heads.hpp"
#include "runtime/nn/zoo.hpp"

#include <algorithm>
#include <iterator>
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

/// A detector with its input.
class frame_detector {
public:
  explicit frame_detector(detection_model model)
    : model_(std::move(model)), input_(model_.card().input) {
    auto& limits = model_.limits(); // regions travel below the card's score
    limits.location = model_.card().regions.theta_loc;
    limits.score = std::min(limits.score, model_.card().regions.theta_cls);
  }

  caf::expected<std::vector<detections>> run(const std::vector<item>& xs,
                                             const std::string& version) {
    std::vector<frame> frames;
    std::vector<detections> result;
    for (auto& x : xs) {
      auto in = x.value.get<keyframes>();
      if (!in)
        return no_pixels(x);
      frames.insert(frames.end(), in->frames.begin(), in->frames.end());
      result.push_back(
        {version, model_.card().labels, model_.card().regions, {}});
    }
    auto found = detect(frames);
    if (!found)
      return std::move(found.error());
    auto next = found->begin();
    for (size_t i = 0; i < xs.size(); ++i)
      for (auto& f : xs[i].value.get<keyframes>()->frames)
        result[i].frames.push_back({f.number(), std::move(*next++)});
    return result;
  }

private:
  using boxes = std::vector<std::vector<detection>>;

  caf::expected<boxes> detect(const std::vector<frame>& frames) {
    auto most = size_t(model_.card().input.max_batch);
    if (most == 0)
      most = frames.size();
    boxes result;
    for (size_t i = 0; i < frames.size(); i += most) {
      auto n = std::min(most, frames.size() - i);
      input_.begin(n);
      for (size_t k = 0; k < n; ++k)
        input_.add(frames[i + k]);
      auto found = model_.detect(input_.batch());
      if (!found)
        return std::move(found.error());
      std::move(found->begin(), found->end(), std::back_inserter(result));
    }
    return result;
  }

  detection_model model_;
  frame_input input_;
};

caf::expected<classifier_world::features>
embed(backbone& net, frame_input& input, const std::vector<item>& xs) {
  classifier_world::features result;
  size_t crops = 0;
  for (auto& x : xs) {
    if (!x.value.get<regions>())
      return no_pixels(x);
    result.crops.push_back(crops_of(x));
    crops += result.crops.back();
  }
  if (crops == 0)
    return result;
  input.begin(crops);
  std::vector<box> boxes;
  for (auto& x : xs) {
    auto in = x.value.get<regions>();
    boxes.clear();
    for (auto& place : in->places) {
      boxes.push_back(place.where);
      auto known = place.hint >= 0 && size_t(place.hint) < in->names.size();
      result.places.push_back(
        {place, known ? in->names[size_t(place.hint)] : ""});
    }
    if (!boxes.empty())
      input.add(in->picture, boxes);
  }
  auto found = net.run(input.batch());
  if (!found)
    return std::move(found.error());
  result.dimensions = found->dimensions;
  result.values = std::move(found->features);
  return result;
}

detector_world network_detectors(zoo models) {
  detector_world result;
  result.frames = frames_of;
  result.load = [models = std::move(models)](
                  const document& x) -> caf::expected<detector_world::loaded> {
    auto chosen = choose(models, x);
    if (!chosen)
      return std::move(chosen.error());
    auto model = detection_model::load(chosen->model, chosen->options);
    if (!model)
      return std::move(model.error());
    auto shared = std::make_shared<frame_detector>(std::move(*model));
    return detector_world::loaded{
      chosen->version(),
      [shared, version = chosen->version()](const std::vector<item>& xs) {
        return shared->run(xs, version);
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
    auto net = backbone::load(chosen->model, chosen->options);
    if (!net)
      return std::move(net.error());
    auto shared = std::make_shared<backbone>(std::move(*net));
    auto input = std::make_shared<frame_input>(shared->card().input);
    return classifier_world::loaded{
      chosen->version(), [shared, input](const std::vector<item>& xs) {
        return embed(*shared, *input, xs);
      }};
  };
  return result;
}

} // namespace

network_worlds networks_of(const settings& config) {
  auto models = default_zoo(config.get<std::string>("zoo", "path"));
  return {with_null_model(network_detectors(models)),
          network_classifiers(models)};
}

} // namespace vpaas
