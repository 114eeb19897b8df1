#include "runtime/policy/keyframe_book.hpp"

#include <utility>

namespace vpaas {

void keyframe_book::counters::lose(const backlog::loss& x,
                                   const std::string& reason) {
  if (!x.waiting.empty())
    dropped[reason] += x.waiting.size();
  unimproved += x.improvable;
}

// -- arrival ------------------------------------------------------------------

keyframe_book::numbers keyframe_book::begin(const numbers& xs) {
  numbers result;
  for (auto n : xs)
    if (lane_.begin(n))
      result.push_back(n);
  counts_.received += result.size();
  counts_.repeated += xs.size() - result.size();
  return result;
}

void keyframe_book::keep(uint64_t segment, int64_t made, const numbers& xs) {
  disk_.keep(segment, made, xs);
  disk_.complete_below(segment);
}

void keyframe_book::not_kept(const numbers& xs) {
  counts_.unkept += xs.size();
  counts_.lose(disk_.unkeep(xs), "spool");
}

void keyframe_book::recover(uint64_t segment, int64_t made, const numbers& xs,
                            const ledger_rows& known) {
  numbers fresh;
  for (auto n : xs)
    if (!disk_.keeps(n))
      fresh.push_back(n);
  disk_.keep(segment, made, fresh);
  for (auto n : fresh) {
    auto i = known.find(n);
    if (i == known.end()) {
      ++counts_.received;
      ++counts_.recovered;
      disk_.postpone(n);
    } else if (i->second == named_by::backup && improves_) {
      disk_.improve_later(n);
    } else {
      disk_.close(n);
    }
  }
}

void keyframe_book::complete_below(uint64_t segment) {
  disk_.complete_below(segment);
}

void keyframe_book::lose(uint64_t segment, const std::string& reason) {
  counts_.lose(disk_.lose(segment), reason);
}

keyframe_book::numbers keyframe_book::forgettable() {
  return disk_.forgettable();
}

// -- answers ------------------------------------------------------------------

keyframe_book::turn keyframe_book::turn_of(uint64_t frame, bool again) const {
  auto from_disk = taken_.has(frame);
  if (again && lane_.holds(frame))
    return turn::in_time;
  if (again || (from_disk && taken_.improving))
    return turn::revision;
  return from_disk ? turn::late : turn::first;
}

void keyframe_book::answer(frame_result x, turn t) {
  lane_.answer(std::move(x), t);
}

std::vector<frame_result> keyframe_book::take() {
  return lane_.take();
}

void keyframe_book::stored(const frame_result& x, bool open) {
  if (x.revision > 0) {
    ++counts_.revised;
    disk_.close(x.frame);
  } else {
    ++counts_.answered;
    if (!open && x.located == named_by::backup)
      improve_later(x.frame);
    else if (!open)
      disk_.close(x.frame);
  }
  auto loose = taken_.frames.erase(x.frame) > 0 || x.revision > 0;
  if (!loose)
    lane_.back();
}

void keyframe_book::refused(const frame_result& x) {
  if (x.revision > 0)
    improve_later(x.frame);
  else if (!disk_.postpone(x.frame))
    ++counts_.dropped["unpublished"];
  auto loose = taken_.frames.erase(x.frame) > 0 || x.revision > 0;
  if (!loose)
    lane_.back();
}

bool keyframe_book::give_up(uint64_t frame, const std::string& reason) {
  auto corrects = taken_.improving && taken_.has(frame);
  auto later = corrects ? disk_.improve_later(frame) : disk_.postpone(frame);
  if (!later) {
    drop(frame, reason);
    return false;
  }
  lane_.drop(frame);
  taken_.frames.erase(frame);
  return true;
}

void keyframe_book::drop(uint64_t frame, const std::string& reason) {
  disk_.close(frame);
  auto from_disk = taken_.frames.erase(frame) > 0 && !taken_.improving;
  if (lane_.drop(frame) || from_disk)
    ++counts_.dropped[reason];
}

void keyframe_book::improve_later(uint64_t frame) {
  if (!improves_ || !disk_.improve_later(frame))
    disk_.close(frame);
}

// -- what is on disk ----------------------------------------------------------

std::optional<keyframe_book::work> keyframe_book::next(bool improve,
                                                       bool newest) {
  auto result = disk_.next(improve && improves_, newest);
  if (!result)
    return result;
  taken_ = {{result->frames.begin(), result->frames.end()},
            result->segment,
            result->improving};
  return result;
}

void keyframe_book::put_back(const numbers& xs, bool last) {
  if (last)
    disk_.put_off(taken_.segment);
  for (auto n : xs)
    if (taken_.improving ? disk_.improve_later(n) : disk_.postpone(n))
      taken_.frames.erase(n);
    else
      damaged({n});
}

void keyframe_book::damaged(const numbers& xs) {
  for (auto n : xs) {
    if (!taken_.improving) {
      drop(n, "undecodable");
      continue;
    }
    ++counts_.unimproved; // the answer stays as it is
    disk_.close(n);
    taken_.frames.erase(n);
  }
}

void keyframe_book::settle_before(int64_t made) {
  counts_.unimproved += disk_.settle_before(made);
}

} // namespace vpaas
