#pragma once

#include "actors/stream/coordinator.hpp"
#include "runtime/evaluation/recording.hpp"
#include "runtime/event.hpp"
#include "runtime/json.hpp"
#include "runtime/metrics/cost.hpp"
#include "runtime/result.hpp"
#include "runtime/truth/marked_video.hpp"

#include <caf/expected.hpp>

#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// What a run gave: the coordinator's last word, and what a subscriber got.
struct run_outcome {
  coordinator_status counts;
  std::vector<frame_result> results; ///< one a frame, in order of arrival
  std::vector<event> events;         ///< that the stream's functions raised
  uint64_t twice = 0; ///< results that came again without a change
  std::map<std::string, double> peak_rss_mb; ///< by node
  double seconds = 0;
  std::string camera_error; ///< while it has sent no picture
};

/// The exact truth of a synthetic source. @returns ec::bad_config for another
caf::expected<marked_video>
truth_of_source(const std::string& url, const std::vector<uint64_t>& frames);

/// One-to-one F1 at IoU 0.5 of those results whose frames were looked at, and
/// how many of these keyframes the backup answered in place of the cloud.
/// @param groups as `groups_named` reads them
caf::expected<json> score(const run_outcome& x, const marked_video& truth,
                          const std::string& groups, double from);

/// How well the tracks of the results keep the identities of a synthetic
/// source; whatever the labels. @returns ec::bad_config for another
caf::expected<json> score_tracks(const run_outcome& x, const std::string& url);

/// The report of a run: counts, bytes, cost, latencies and memory.
json report_of(const run_outcome& x, const cost_prices& prices);

/// Draws the results on their keyframes, colours by who named: cloud green, fog
/// orange, backup red. @param video what the results are of
caf::error draw_results(const run_outcome& x, const recording& video,
                        uint64_t every, const std::string& path);

} // namespace vpaas
