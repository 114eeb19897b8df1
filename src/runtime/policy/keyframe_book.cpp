#include "runtime/policy/keyframe_book.hpp"

#include <iterator>
#include <utility>

namespace vpaas {

// -- arrival ------------------------------------------------------------------

keyframe_book::numbers keyframe_book::begin(const numbers& xs) {
  numbers result;
  for (auto n : xs)
    if (order_.begin(n))
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
  count_lost(disk_.unkeep(xs), "spool");
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
  count_lost(disk_.lose(segment), reason);
}

keyframe_book::numbers keyframe_book::forgettable() {
  return disk_.forgettable();
}

void keyframe_book::count_lost(const backlog::loss& x,
                               const std::string& reason) {
  if (!x.waiting.empty())
    counts_.dropped[reason] += x.waiting.size();
  counts_.unimproved += x.improvable;
}

// -- answers ------------------------------------------------------------------

keyframe_book::turn keyframe_book::turn_of(uint64_t frame, bool again) const {
  auto from_disk = working_.count(frame) > 0;
  if (again && order_.holds(frame))
    return turn::in_time;
  if (again || (from_disk && improving_))
    return turn::revision;
  return from_disk ? turn::late : turn::first;
}

void keyframe_book::answer(frame_result x, turn t) {
  auto frame = x.frame;
  if (t == turn::in_time)
    order_.replace(frame, std::move(x));
  else if (t == turn::first)
    order_.finish(frame, std::move(x));
  else
    loose_.push_back(std::move(x));
}

std::vector<frame_result> keyframe_book::take() {
  auto result = order_.take();
  out_ += result.size();
  result.insert(result.end(), std::make_move_iterator(loose_.begin()),
                std::make_move_iterator(loose_.end()));
  loose_.clear();
  return result;
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
  auto loose = working_.erase(x.frame) > 0 || x.revision > 0;
  out_ -= !loose;
}

void keyframe_book::refused(const frame_result& x) {
  if (x.revision > 0)
    improve_later(x.frame);
  else if (!disk_.postpone(x.frame))
    ++counts_.dropped["unpublished"];
  auto loose = working_.erase(x.frame) > 0 || x.revision > 0;
  out_ -= !loose;
}

bool keyframe_book::give_up(uint64_t frame, const std::string& reason) {
  auto corrects = improving_ && working_.count(frame) > 0;
  auto later = corrects ? disk_.improve_later(frame) : disk_.postpone(frame);
  if (!later) {
    drop(frame, reason);
    return false;
  }
  order_.drop(frame);
  working_.erase(frame);
  return true;
}

void keyframe_book::drop(uint64_t frame, const std::string& reason) {
  disk_.close(frame);
  auto from_disk = working_.erase(frame) > 0 && !improving_;
  if (order_.drop(frame) || from_disk)
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
  working_ = {result->frames.begin(), result->frames.end()};
  working_on_ = result->segment;
  improving_ = result->improving;
  return result;
}

void keyframe_book::put_back(const numbers& xs) {
  for (auto n : xs)
    if (improving_ ? disk_.improve_later(n) : disk_.postpone(n))
      working_.erase(n);
    else
      damaged({n});
}

void keyframe_book::put_off() {
  disk_.put_off(working_on_);
}

void keyframe_book::damaged(const numbers& xs) {
  for (auto n : xs)
    improving_ ? leave_as_is(n) : drop(n, "undecodable");
}

void keyframe_book::settle_before(int64_t made) {
  counts_.unimproved += disk_.settle_before(made);
}

void keyframe_book::leave_as_is(uint64_t frame) {
  ++counts_.unimproved;
  disk_.close(frame);
  working_.erase(frame);
}

} // namespace vpaas
