#include "judge.hpp"

namespace vpaas {

caf::expected<teacher>
judge_choice::find(const std::string& source, const network_choice& choice,
                   const std::shared_ptr<frame_detector>& detector) const {
  if (name == "truth")
    return truth_teacher(source, truth, detector->card().labels);
  auto model = detector;
  if (!name.empty() && name != detector->card().name) {
    auto other = load_detector(choice, name);
    if (!other)
      return other.error();
    model = *other;
  }
  return model_teacher(model, truth_threshold(model->card()));
}

caf::expected<std::shared_ptr<frame_detector>>
load_detector(const network_choice& choice, const std::string& name) {
  auto found = choice.find(name);
  if (!found)
    return found.error();
  auto model = frame_detector::load(found->first, found->second);
  if (!model)
    return model.error();
  return std::make_shared<frame_detector>(std::move(*model));
}

caf::expected<crop_embedder> load_embedder(const network_choice& choice,
                                           const std::string& name) {
  auto found = choice.find(name);
  if (!found)
    return found.error();
  return crop_embedder::load(found->first, found->second);
}

} // namespace vpaas
