#include "runtime/evaluation/sighting.hpp"

#include "runtime/evaluation/poor_copy.hpp"

#include <algorithm>
#include <chrono>

namespace vpaas {

caf::expected<sightings> look(const recording& x, const keyframe_range& range,
                              const std::optional<encoder_config>& quality,
                              frame_detector& detector, const teacher* judge) {
  using clock = std::chrono::steady_clock;
  sightings result;
  std::optional<poor_copy> copy;
  if (quality)
    copy.emplace(*quality);
  auto err = show_keyframes(x, range, [&](const frame& f) -> caf::error {
    if (judge && !knows(*judge, f))
      return caf::none;
    auto seen = copy ? copy->pass(f) : caf::expected<frame>{f};
    if (!seen)
      return seen.error();
    auto start = clock::now();
    auto found = detector.detect(*seen);
    if (!found)
      return found.error();
    std::chrono::duration<double, std::milli> took = clock::now() - start;
    result.ms.push_back(took.count());
    caf::expected<std::vector<truth_object>> objects{
      std::vector<truth_object>{}};
    if (judge)
      objects = judge->ask(f);
    if (!objects)
      return objects.error();
    result.frames.push_back(
      {f.number(), std::move(*found), std::move(*objects)});
    return caf::none;
  });
  if (err)
    return err;
  result.bytes = copy ? copy->bytes() : 0;
  return result;
}

std::vector<detection> sure(const std::vector<detection>& xs, float threshold) {
  std::vector<detection> result;
  std::copy_if(xs.begin(), xs.end(), std::back_inserter(result),
               [&](const detection& x) { return x.score >= threshold; });
  return result;
}

} // namespace vpaas
