#include "runtime/policy/backlog.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

void backlog::keep(uint64_t segment, int64_t made,
                   const std::vector<uint64_t>& live) {
  auto [i, fresh] = segments_.try_emplace(segment);
  auto& x = i->second;
  if (fresh)
    x.made = made;
  for (auto n : live)
    if (segment_of_.emplace(n, segment).second)
      x.open.emplace(n, want::live);
}

void backlog::complete_below(uint64_t segment) {
  for (auto i = segments_.begin();
       i != segments_.end() && i->first < segment;) {
    auto j = i++; // which may be erased
    j->second.complete = true;
    forget_if_done(j);
  }
}

void backlog::close(uint64_t frame) {
  auto i = segment_of_.find(frame);
  if (i == segment_of_.end())
    return;
  auto segment = segments_.find(i->second);
  segment_of_.erase(i);
  auto j = segment->second.open.find(frame);
  if (auto* n = counter(j->second))
    --*n;
  segment->second.open.erase(j);
  forget_if_done(segment);
}

bool backlog::postpone(uint64_t frame) {
  return set(frame, want::waiting);
}

bool backlog::improve_later(uint64_t frame) {
  return set(frame, want::improvable);
}

std::optional<backlog::work> backlog::next(bool improve, bool newest) {
  if (waiting_ > 0)
    if (auto x = begin(want::waiting, newest))
      return x;
  if (improve && improvable_ > 0)
    return begin(want::improvable, newest);
  return std::nullopt;
}

size_t backlog::settle_before(int64_t made) {
  std::vector<uint64_t> old;
  for (auto& [number, segment] : segments_) {
    if (segment.made >= made || improvable_ == old.size())
      break;
    for (auto& [frame, x] : segment.open)
      if (x == want::improvable)
        old.push_back(frame);
  }
  for (auto frame : old)
    close(frame);
  return old.size();
}

backlog::loss backlog::lose(uint64_t segment) {
  loss result;
  auto i = segments_.find(segment);
  if (i == segments_.end())
    return result;
  for (auto& [frame, x] : i->second.open) {
    if (x == want::waiting)
      result.waiting.push_back(frame);
    result.improvable += x == want::improvable;
    segment_of_.erase(frame);
  }
  waiting_ -= result.waiting.size();
  improvable_ -= result.improvable;
  segments_.erase(i);
  return result;
}

backlog::loss backlog::unkeep(const std::vector<uint64_t>& frames) {
  loss result;
  for (auto frame : frames) {
    auto i = segment_of_.find(frame);
    if (i == segment_of_.end())
      continue;
    auto x = segments_.at(i->second).open.at(frame);
    if (x == want::waiting)
      result.waiting.push_back(frame);
    result.improvable += x == want::improvable;
    close(frame);
  }
  return result;
}

void backlog::put_off(uint64_t segment) {
  if (auto i = segments_.find(segment); i != segments_.end())
    ++i->second.failures;
}

std::vector<uint64_t> backlog::forgettable() {
  auto result = std::exchange(done_, {});
  return {result.begin(), result.end()};
}

bool backlog::set(uint64_t frame, want x) {
  auto i = segment_of_.find(frame);
  if (i == segment_of_.end())
    return false;
  auto& now = segments_.at(i->second).open.at(frame);
  if (auto* n = counter(now))
    --*n;
  now = x;
  if (auto* n = counter(now))
    ++*n;
  return true;
}

size_t* backlog::counter(want x) {
  return x == want::waiting      ? &waiting_
         : x == want::improvable ? &improvable_
                                 : nullptr;
}

std::optional<backlog::work> backlog::begin(want x, bool newest) {
  auto wanted = [x](const auto& y) { return y.second == x; };
  auto best = segments_.end();
  for (auto i = segments_.begin(); i != segments_.end(); ++i) {
    if (!i->second.complete && !newest)
      break; // so are all that follow
    auto& open = i->second.open;
    if (std::none_of(open.begin(), open.end(), wanted))
      continue;
    if (best == segments_.end() || i->second.failures < best->second.failures)
      best = i;
    if (best->second.failures == 0)
      break; // none is before it
  }
  if (best == segments_.end())
    return std::nullopt;
  work result{best->first, {}, x == want::improvable};
  for (auto& [frame, y] : best->second.open)
    if (y == x)
      result.frames.push_back(frame);
  for (auto frame : result.frames)
    set(frame, want::live);
  return result;
}

void backlog::forget_if_done(entries::iterator segment) {
  if (!segment->second.complete || !segment->second.open.empty())
    return;
  done_.insert(segment->first);
  segments_.erase(segment);
}

} // namespace vpaas
