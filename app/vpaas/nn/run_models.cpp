#include "run_models.hpp"

#include "actors/functions/null_detector.hpp"
#include "functions.hpp"
#include "runtime/evaluation/sighting.hpp"
#include "runtime/nn/zoo.hpp"

#include <algorithm>

namespace vpaas {

namespace {

struct model_set {
  const char *name, *detector, *classifier, *heads, *backup;
};

constexpr model_set sets[] = {
  {"street", "street-detector", "street-backbone", "street-heads",
   "street-backup"},
  {"coco", "nanodet-plus-m", "", "", "yolov3-nano"},
};

} // namespace

caf::error take_models(command_line& line, run_plan& x) {
  auto name = line.take("models", "street");
  for (auto& set : sets)
    if (name == set.name) {
      x.detector = line.take("detector", set.detector);
      x.heads = line.take("heads", set.heads);
      x.classifier = line.take("classifier", set.classifier);
      if (x.classifier.empty() && !x.heads.empty())
        x.classifier = "mobilenet_v2";
      x.backup = line.take("backup", set.backup);
      x.look = line.take("look", x.detector == null_model ? "" : x.detector);
      x.enlarger = line.take("enlarger", "carn_m");
      return caf::none;
    }
  return caf::make_error(ec::bad_config, "--models=" + name
                                           + " is not allowed; write street "
                                             "or coco");
}

void host_what_it_needs(const pipeline_plan& pipeline, run_plan& x) {
  auto used = [&](const std::string& function) {
    return std::any_of(pipeline.stages.begin(), pipeline.stages.end(),
                       [&](auto& y) { return y.spec.function == function; });
  };
  if (!used("second_look"))
    x.look.clear();
  if (!used("super_resolver"))
    x.enlarger.clear();
  for (auto& y : user_libraries())
    if (used(y.spec.name))
      x.functions += (x.functions.empty() ? "" : " ") + y.spec.name;
}

caf::expected<marked_video>
truth_of_model(const std::string& name, const run_plan& plan,
               const recording& video, uint64_t every) {
  auto model = default_zoo(plan.zoo_path).locate(name);
  if (!model)
    return std::move(model.error());
  auto options = options_for(model->card, "cpu", int(plan.threads));
  auto detector = frame_detector::load(*model, options);
  if (!detector)
    return std::move(detector.error());
  auto seen = look(video, {every, 0, 1, false}, {}, *detector);
  if (!seen)
    return std::move(seen.error());
  marked_video result;
  auto& card = detector->card();
  for (auto& y : seen->frames)
    for (auto& z : sure(y.found, truth_threshold(card)))
      result.frames[y.frame].push_back({z.where, card.label(z.label)});
  return result;
}

} // namespace vpaas
