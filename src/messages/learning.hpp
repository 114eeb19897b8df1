#pragma once

// How fogs learn from people [V]: from uncertain crops to labels, and from
// labels to heads. What crosses nodes are documents, a picture that is asked
// for, and heads.

#include "messages/protocol.hpp"
#include "runtime/learning/taught_crop.hpp"

#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// Crops that have a label, in the order of their labels. Stays in its process.
struct lesson_list {
  struct lesson {
    taught_crop crop;
    std::string backbone; ///< whose features they are
    uint64_t id = 0;      ///< of the label
  };

  std::shared_ptr<const std::vector<lesson>> all;
  /// Some that have none, as they come.
  std::shared_ptr<const std::vector<lesson>> around;
  uint64_t last = 0;      ///< entry of the log, labels taken back included
  caf::timestamp changed; ///< when that was
};

/// The COLLECTOR of a fog: keeps crops that somebody could name, and puts heads
/// to use that were learnt.
using collector_actor = observable_actor::extend<
  // LOCAL: what the classifier said of the places of a keyframe (`regions`),
  // with the features of each as they left the backbone.
  caf::reacts_to<keep_atom, item, namings>,
  // Crops that came after this position, without pictures, so many at most:
  // {position, crops}; fewer where they are large.
  caf::replies_to<fetch_atom, uint64_t, uint64_t>::with<document>,
  // The picture of a crop, JPEG; `not_found` where it is gone.
  caf::replies_to<fetch_atom, std::string>::with<blob>,
  // {model, version, first, live, trial, evidence}: who names, the version of
  // heads that were learnt (empty: none), the heads before anything was, those
  // that name, the version on trial (empty: none), and how it does.
  caf::replies_to<read_atom>::with<document>,
  // From now on these heads name, under this version, and none are on trial;
  // those of a version that `is_trial` are tried on some streams, and the
  // others go on. Answers when it is so.
  caf::reacts_to<configure_atom, std::string, one_vs_all>,
  // LOCAL: results of this node.
  caf::reacts_to<result_atom, std::vector<frame_result>>>;

/// Whether heads of this version are on trial.
inline bool is_trial(const std::string& version) {
  return version.rfind("trial-", 0) == 0;
}

/// The DATA COLLECTOR: the label log, and what people could name next.
using data_collector_actor = observable_actor::extend<
  // The crops that would teach most, the best first: {stream, most} to
  // {crops}, each with others that look `alike`.
  caf::replies_to<fetch_atom, document>::with<document>,
  // The picture of a crop, JPEG.
  caf::replies_to<fetch_atom, std::string>::with<blob>,
  // Somebody names crops: {crops, label, who, origin, once} to {entries};
  // answers when they are on disk.
  caf::replies_to<record_atom, document>::with<document>,
  // Somebody takes back an entry, {id, who}, or all of an annotator,
  // {annotator, who}: {entries}.
  caf::replies_to<remove_atom, document>::with<document>,
  // The log behind this entry, so many at most: {entries, annotators}.
  caf::replies_to<find_atom, uint64_t, uint64_t>::with<document>,
  // LOCAL: all that can be learnt from.
  caf::replies_to<read_atom>::with<lesson_list>,
  // LOCAL: from now on this actor hears `due_atom` of each change.
  caf::reacts_to<subscribe_atom, caf::actor>>;

/// The TRAINER: makes heads of labels, and puts them to use where they are no
/// worse.
using trainer_actor = observable_actor::extend<
  // LOCAL: there are other labels.
  caf::reacts_to<due_atom>,
  // {heads, classes}: those that were made, the newest first, and how they were
  // judged; all that those that are live can say.
  caf::replies_to<fetch_atom>::with<document>>;

} // namespace vpaas

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(vpaas::lesson_list)
