#include "runtime/evaluation/protocol_run.hpp"

#include "runtime/evaluation/poor_copy.hpp"
#include "runtime/learning/head_lessons.hpp"

namespace vpaas {

namespace {

template <class T>
std::vector<box> places_of(const std::vector<T>& xs) {
  std::vector<box> result;
  for (auto& x : xs)
    result.push_back(x.where);
  return result;
}

} // namespace

caf::expected<protocol_run>
run_protocol(const recording& x, const keyframe_range& range,
             const protocol_config& how, frame_detector& detector,
             crop_embedder& embedder, const teacher& judge, bool objects_too) {
  protocol_run result;
  poor_copy copy{how.quality};
  detector.serve(how.filter);
  auto step = [&](const frame& f) -> caf::error {
    auto poor = copy.pass(f);
    if (!poor)
      return poor.error();
    auto found = detector.detect(*poor);
    if (!found)
      return found.error();
    auto answer = filter_regions(*found, how.filter);
    auto objects = judge.ask(f);
    if (!objects)
      return objects.error();
    auto features = embedder.embed({{f, places_of(answer.regions)}});
    if (!features)
      return features.error();
    result.frames.push_back({f.number(),
                             std::move(*found),
                             std::move(answer.labels),
                             std::move(answer.regions),
                             std::move(*features),
                             std::move(*objects),
                             {},
                             {}});
    if (!objects_too)
      return caf::none;
    auto& last = result.frames.back();
    last.background = background_of(last.objects);
    auto places = places_of(last.objects);
    places.insert(places.end(), last.background.begin(), last.background.end());
    auto more = embedder.embed({{f, places}});
    if (!more)
      return more.error();
    last.object_features = std::move(*more);
    return caf::none;
  };
  if (auto err = show_keyframes(x, range, step))
    return err;
  result.dimensions = embedder.dimensions();
  result.bytes = copy.bytes();
  return result;
}

} // namespace vpaas
