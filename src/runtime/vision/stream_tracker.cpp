#include "runtime/vision/stream_tracker.hpp"

#include "runtime/vision/iou.hpp"

#include <algorithm>
#include <set>

namespace vpaas {

namespace {

/// Corrections reach back so far: two minutes of two keyframes a second.
constexpr size_t max_frames = 256;

/// Aliases that are remembered.
constexpr size_t max_known = 4096;

/// Ids of corrections are apart from those of the first answers.
constexpr uint32_t late_index = max_begun;

/// Overlap of one object in two answers for its frame.
constexpr float same_place = .3f;

tracker_config late_config(tracker_config x) {
  x.first_index = late_index;
  return x;
}

std::vector<tracked> objects_of(const std::vector<observation>& found,
                                const std::vector<uint64_t>& ids) {
  std::vector<tracked> result;
  for (size_t i = 0; i < found.size(); ++i)
    if (ids[i] != no_track)
      result.push_back({found[i].where, ids[i]});
  return result;
}

/// The ids of the objects that stood where `found` stand.
std::vector<uint64_t> ids_there(const std::vector<observation>& found,
                                const std::vector<tracked>& before) {
  cost_table costs{found.size(), before.size()};
  for (size_t i = 0; i < found.size(); ++i)
    for (size_t k = 0; k < before.size(); ++k)
      costs.at(i, k) = -double(iou(found[i].where, before[k].where));
  auto pairs = assign(costs, -double(same_place));
  std::vector<uint64_t> result(found.size(), no_track);
  for (size_t i = 0; i < found.size(); ++i)
    if (pairs[i] != unassigned)
      result[i] = before[size_t(pairs[i])].id;
  return result;
}

} // namespace

stream_tracker::stream_tracker(tracker_config config,
                               stream_tracker_memory memory)
  : config_(config), live_(config, std::move(memory.tracks)),
    late_(late_config(config)), last_(memory.last),
    frames_(std::move(memory.frames)) {
  // nop
}

std::vector<uint64_t>
stream_tracker::update(uint64_t frame, int64_t now,
                       const std::vector<observation>& found) {
  if (!frames_.empty() && frame <= last_)
    return correct(frame, now, found);
  auto result = live_.update(frame, now, found);
  remember(frame, found, result);
  return result;
}

void stream_tracker::recall(uint64_t frame, int64_t now,
                            const std::vector<observation>& found,
                            const std::vector<uint64_t>& ids) {
  live_.recall(now, found, ids);
  remember(frame, found, ids);
}

void stream_tracker::remember(uint64_t frame,
                              const std::vector<observation>& found,
                              const std::vector<uint64_t>& ids) {
  last_ = frame;
  if (frames_.size() >= max_frames)
    frames_.erase(frames_.begin());
  frames_.push_back({frame, objects_of(found, ids)});
}

std::vector<uint64_t>
stream_tracker::correct(uint64_t frame, int64_t now,
                        const std::vector<observation>& found) {
  if (frame <= last_late_ || known_as_.size() > max_known) {
    late_ = tracker{late_config(config_)};
    known_as_.clear();
  }
  last_late_ = frame;
  auto ids = late_.update(frame, now, found);
  auto before = seen(frame);
  auto result = ids_there(found,
                          before ? before->objects : std::vector<tracked>{});
  std::set<uint64_t> used{result.begin(), result.end()};
  for (size_t i = 0; i < found.size(); ++i) {
    if (ids[i] == no_track || result[i] != no_track)
      continue;
    auto known = known_as_.find(ids[i]);
    auto id = known == known_as_.end() ? ids[i] : known->second;
    result[i] = used.insert(id).second ? id : ids[i];
    used.insert(result[i]);
  }
  for (size_t i = 0; i < found.size(); ++i)
    if (ids[i] != no_track && result[i] != no_track)
      known_as_.emplace(ids[i], result[i]);
  if (before)
    before->objects = objects_of(found, result);
  return result;
}

tracked_frame* stream_tracker::seen(uint64_t frame) {
  auto i = std::find_if(frames_.begin(), frames_.end(),
                        [=](auto& x) { return x.frame == frame; });
  return i == frames_.end() ? nullptr : &*i;
}

stream_tracker_memory stream_tracker::memory() const {
  return {last_, live_.memory(), frames_};
}

} // namespace vpaas
