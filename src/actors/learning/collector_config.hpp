#pragma once

#include "actors/learning/crop_outlet.hpp"
#include "runtime/learning/crop_ring.hpp"
#include "runtime/learning/heads_trial.hpp"

#include <caf/all.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// The COLLECTOR of a fog [V]: keeps the crops of which the classifier was not
/// sure, in memory, and puts heads to use that were learnt elsewhere: written
/// to disk whole, then given to the classifier. A fog that starts again takes
/// up the heads that it had, with no backend; a classifier that was started
/// again gets them anew. Heads that somebody configured by hand stay. Heads on
/// trial name on a share of the streams, and are judged by what the cloud calls
/// the same objects later. Writes pictures and files: spawn detached.
struct collector_config {
  caf::actor node;       ///< the directory, `node_actor`
  std::string node_name; ///< begins the ids of crops
  std::string classifier = "classifier";
  std::string heads; ///< the first ones, as the classifier's configuration
  std::string results = "results";
  std::string folder;     ///< of heads that were learnt
  double trial_share = 1; ///< of the streams, in (0, 1]
  crop_ring_config ring;
  float sure = 0.9f; ///< score from which a name is not asked about
  /// Of so many such crops one is kept: what new heads must not spoil. 0: none.
  uint64_t usual = 16;
  caf::timespan period = std::chrono::seconds(2); ///< between looks
  caf::timespan patience = std::chrono::seconds(5);
  std::shared_ptr<crop_outlet> from;
  /// Reads heads: a name or a file.
  std::function<caf::expected<one_vs_all>(const std::string&)> read;
  std::function<caf::error(const one_vs_all&, const std::string&)> write;

  caf::error validate() const;
};

struct collector_status {
  uint64_t crops = 0;    ///< that are there
  uint64_t bytes = 0;    ///< of these
  uint64_t sure = 0;     ///< the fog knew; most are not kept
  uint64_t left_out = 0; ///< keyframes that came too fast
  uint64_t failed = 0;   ///< pictures that could not be made
  crop_ring_counts ring;
  std::string heads; ///< version of those that were learnt; empty: none
  std::string trial; ///< version of those on trial; empty: none
  std::vector<std::string> trial_streams;
  trial_evidence evidence;
  uint64_t swaps = 0; ///< heads that were put to use
  uint64_t refused = 0;
  std::string last_error;

  static constexpr auto type_name = "collector_status";

  static constexpr auto fields() {
    using self = collector_status;
    return std::make_tuple(
      field("crops", &self::crops), field("bytes", &self::bytes),
      field("sure", &self::sure), field("left_out", &self::left_out),
      field("failed", &self::failed), field("ring", &self::ring),
      field("heads", &self::heads), field("trial", &self::trial),
      field("trial_streams", &self::trial_streams),
      field("evidence", &self::evidence), field("swaps", &self::swaps),
      field("refused", &self::refused), field("last_error", &self::last_error));
  }
};

struct collector_state;

using collector_pointer = collector_actor::stateful_pointer<collector_state>;

} // namespace vpaas
