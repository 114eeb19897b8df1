#include "runtime/evaluation/sighting.hpp"

#include "runtime/evaluation/poor_copy.hpp"
#include "runtime/json.hpp"
#include "runtime/vision/matching.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

namespace vpaas {

caf::expected<sightings> look(const recording& x, const keyframe_range& range,
                              const std::optional<encoder_config>& quality,
                              frame_detector& detector) {
  using clock = std::chrono::steady_clock;
  sightings result;
  std::optional<poor_copy> copy;
  if (quality)
    copy.emplace(*quality);
  auto err = show_keyframes(x, range, [&](const frame& f) -> caf::error {
    auto seen = copy ? copy->pass(f) : caf::expected<frame>{f};
    if (!seen)
      return seen.error();
    auto start = clock::now();
    auto found = detector.detect(*seen);
    if (!found)
      return found.error();
    std::chrono::duration<double, std::milli> took = clock::now() - start;
    result.ms.push_back(took.count());
    result.frames.push_back({f.number(), std::move(*found)});
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

truth_table truth_of(const sightings& xs, float threshold) {
  truth_table result;
  for (auto& x : xs.frames)
    result[x.frame] = as_truth(sure(x.found, threshold));
  return result;
}

caf::expected<truth_table> read_truth(const std::string& path) {
  std::ifstream in{path};
  if (!in)
    return caf::make_error(ec::io, "failed to open " + path
                                     + ": it cannot be read; name a file that "
                                       "vpaas record wrote");
  truth_table result;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    auto parsed = parse_json(line);
    auto x = parsed ? from_json<frame_truth>(*parsed)
                    : caf::expected<frame_truth>{parsed.error()};
    if (!x)
      return caf::make_error(
        ec::bad_input, "failed to read " + path + ", line "
                         + std::to_string(number) + ": " + cause_of(x.error())
                         + "; each is a frame_truth as JSON");
    result[x->frame] = std::move(x->objects);
  }
  return result;
}

} // namespace vpaas
