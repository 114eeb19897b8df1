#include "runtime/evaluation/protocol_run.hpp"

#include "runtime/evaluation/poor_copy.hpp"
#include "runtime/learning/head_lessons.hpp"

#include <chrono>

namespace vpaas {

namespace {

template <class T>
std::vector<box> places_of(const std::vector<T>& xs) {
  std::vector<box> result;
  result.reserve(xs.size());
  for (auto& x : xs)
    result.push_back(x.where);
  return result;
}

/// One keyframe after the other on its way through the protocol.
class protocol_runner {
public:
  protocol_runner(const protocol_config& how, frame_detector& detector,
                  const protocol_eyes& eyes, const teacher& judge)
    : how_(how), detector_(detector), eyes_(eyes), judge_(judge),
      copy_(how.quality) {
    detector_.serve(how.filter);
  }

  caf::error step(const frame& f) {
    if (!knows(judge_, f))
      return caf::none;
    auto poor = copy_.pass(f);
    if (!poor)
      return poor.error();
    auto found = detector_.detect(*poor);
    if (!found)
      return found.error();
    auto answer = filter_regions(*found, how_.filter);
    protocol_frame x;
    x.frame = f.number();
    x.found = std::move(*found);
    x.labels = std::move(answer.labels);
    x.regions = std::move(answer.regions);
    if (auto err = judge(f, x))
      return err;
    if (auto err = embed(f, x))
      return err;
    if (auto err = look_again(f, x))
      return err;
    out_.frames.push_back(std::move(x));
    return caf::none;
  }

  protocol_run finish() {
    out_.dimensions = eyes_.embedder ? eyes_.embedder->dimensions() : 0;
    out_.bytes = copy_.bytes();
    return std::move(out_);
  }

private:
  caf::error judge(const frame& f, protocol_frame& x) {
    auto objects = judge_.ask(f);
    if (!objects)
      return objects.error();
    x.objects = std::move(*objects);
    out_.repeated = how_.repeat && judge_.again;
    if (!out_.repeated)
      return caf::none;
    auto again = judge_.again(f);
    if (!again)
      return again.error();
    x.again = std::move(*again);
    return caf::none;
  }

  caf::error embed(const frame& f, protocol_frame& x) {
    if (eyes_.embedder == nullptr)
      return caf::none;
    auto features = eyes_.embedder->embed({{f, places_of(x.regions)}});
    if (!features)
      return features.error();
    x.features = std::move(*features);
    if (!how_.objects_too)
      return caf::none;
    x.background = background_of(x.objects);
    auto places = places_of(x.objects);
    places.insert(places.end(), x.background.begin(), x.background.end());
    auto more = eyes_.embedder->embed({{f, places}});
    if (!more)
      return more.error();
    x.object_features = std::move(*more);
    return caf::none;
  }

  caf::error look_again(const frame& f, protocol_frame& x) {
    if (eyes_.look == nullptr || x.regions.empty())
      return caf::none;
    auto start = std::chrono::steady_clock::now();
    auto found = eyes_.look->look(
      {{f, x.regions, places_of(x.labels), detector_.card().labels}});
    if (!found)
      return found.error();
    std::chrono::duration<double, std::milli> took
      = std::chrono::steady_clock::now() - start;
    out_.look_ms.push_back(took.count());
    x.opinions = std::move(found->front());
    return caf::none;
  }

  const protocol_config& how_;
  frame_detector& detector_;
  const protocol_eyes& eyes_;
  const teacher& judge_;
  poor_copy copy_;
  protocol_run out_;
};

} // namespace

caf::expected<protocol_run>
run_protocol(const recording& x, const keyframe_range& range,
             const protocol_config& how, frame_detector& detector,
             const protocol_eyes& eyes, const teacher& judge) {
  protocol_runner result{how, detector, eyes, judge};
  auto step = [&](const frame& f) { return result.step(f); };
  if (auto err = show_keyframes(x, range, step))
    return err;
  return result.finish();
}

} // namespace vpaas
