#include "runtime/pipeline/under_way.hpp"

#include <algorithm>
#include <utility>

namespace vpaas {

namespace {

bool is_over(errand_phase x) {
  return x == errand_phase::made || x == errand_phase::empty;
}

} // namespace

const planned_stage& first_stage(const pipeline_plan& plan, size_t errand) {
  return plan.stages[plan.errands[errand].stages.front()];
}

// -- one keyframe -------------------------------------------------------------

bool keyframe_progress::ready(const pipeline_plan& plan, size_t errand) const {
  if (errands[errand] != errand_phase::idle)
    return false;
  for (auto i : plan.errands[errand].stages)
    for (auto y : plan.stages[i].from)
      if (y != from_source && plan.stages[y].errand != errand
          && !is_over(errands[plan.stages[y].errand]))
        return false;
  return true;
}

bool keyframe_progress::in_vain(const pipeline_plan& plan,
                                size_t errand) const {
  auto frame = source->frames.front();
  for (auto i : plan.errands[errand].stages)
    for (auto y : plan.stages[i].from) {
      if (y == from_source || plan.stages[y].errand == errand)
        continue;
      auto& before = made[y];
      if (errands[plan.stages[y].errand] == errand_phase::empty
          || (plan.stages[y].returns && !before)
          || (before
              && std::count(before->nothing.begin(), before->nothing.end(),
                            frame)
                   > 0))
        return true;
    }
  return false;
}

bool keyframe_progress::complete(const pipeline_plan& plan) const {
  for (size_t i = 0; i < plan.errands.size(); ++i)
    if (!first_stage(plan, i).stands_in && !is_over(errands[i]))
      return false;
  return true;
}

// -- all of them --------------------------------------------------------------

std::vector<uint64_t> under_way::asked_of(const std::string& stage) const {
  numbers result;
  for (auto& x : plan_->stages)
    if (x.spec.id == stage)
      for (auto& [frame, y] : frames_)
        if (y.errands[x.errand] == errand_phase::asked)
          result.push_back(frame);
  return result;
}

bool under_way::begin(const piece_ptr& source, bool usual,
                      const std::string& reason) {
  auto [i, fresh] = frames_.emplace(source->frames.front(),
                                    keyframe_progress{});
  if (!fresh)
    return false;
  auto& x = i->second;
  x.errands.resize(plan_->errands.size(), errand_phase::idle);
  x.asks.resize(plan_->errands.size());
  x.made.resize(plan_->stages.size());
  x.source = source;
  x.usual = usual;
  x.reason = reason;
  count_away(x);
  return true;
}

void under_way::forget(uint64_t frame) {
  auto i = frames_.find(frame);
  if (i == frames_.end())
    return;
  for (auto ask : i->second.asks)
    if (auto j = asks_.find(ask); j != asks_.end())
      j->second.frames.erase(frame);
  away_ -= i->second.away;
  frames_.erase(i);
}

keyframe_progress* under_way::find(uint64_t frame) {
  auto i = frames_.find(frame);
  return i != frames_.end() ? &i->second : nullptr;
}

void under_way::set(uint64_t frame, size_t errand, errand_phase x) {
  auto& y = frames_.at(frame);
  y.errands[errand] = x;
  count_away(y);
}

void under_way::resign(uint64_t frame) {
  auto& x = frames_.at(frame);
  x.usual = false;
  count_away(x);
}

std::optional<uint64_t> under_way::next_in_turn(size_t errand) const {
  for (auto& [frame, x] : frames_)
    if (x.usual && !is_over(x.errands[errand]))
      return frame;
  return std::nullopt;
}

bool under_way::comes(size_t errand) const {
  return std::any_of(frames_.begin(), frames_.end(), [errand](auto& x) {
    return x.second.usual && x.second.errands[errand] == errand_phase::idle;
  });
}

void under_way::count_away(keyframe_progress& x) {
  auto open = false;
  for (size_t i = 0; x.usual && !open && i < plan_->errands.size(); ++i)
    open = plan_->errands[i].tier != home_tier
           && !first_stage(*plan_, i).stands_in && !is_over(x.errands[i]);
  away_ += open;
  away_ -= x.away;
  x.away = open;
}

// -- asks ---------------------------------------------------------------------

void under_way::ask(uint64_t id, size_t errand, const numbers& xs) {
  for (auto frame : xs) {
    auto& x = frames_.at(frame);
    x.errands[errand] = errand_phase::asked;
    x.asks[errand] = id;
  }
  asks_.emplace(id, open_ask{errand, {xs.begin(), xs.end()}});
}

std::optional<size_t> under_way::errand_of(uint64_t ask) const {
  auto i = asks_.find(ask);
  return i != asks_.end() ? std::optional{i->second.errand} : std::nullopt;
}

std::vector<uint64_t> under_way::waiting(uint64_t ask) const {
  auto i = asks_.find(ask);
  if (i == asks_.end())
    return {};
  return {i->second.frames.begin(), i->second.frames.end()};
}

void under_way::close_if_done(uint64_t ask) {
  auto i = asks_.find(ask);
  if (i != asks_.end() && i->second.frames.empty())
    asks_.erase(i);
}

std::vector<uint64_t> under_way::take(const std::string& stage, size_t errand,
                                      const piece_ptr& y) {
  numbers result;
  auto& mine = plan_->errands[errand].stages;
  auto made_by = mine.back();
  for (auto i : mine)
    if (plan_->stages[i].spec.id == stage
        || (stage.empty() && plan_->stages[i].returns))
      made_by = i;
  for (auto frame : y->frames)
    if (auto i = frames_.find(frame);
        i != frames_.end()
        && i->second.errands[errand] == errand_phase::asked) {
      i->second.made[made_by] = y;
      result.push_back(frame);
    }
  return result;
}

void under_way::settle(uint64_t frame, size_t errand) {
  set(frame, errand, errand_phase::made);
  auto ask = std::exchange(frames_.at(frame).asks[errand], 0);
  if (auto i = asks_.find(ask); i != asks_.end())
    i->second.frames.erase(frame);
  close_if_done(ask);
}

} // namespace vpaas
