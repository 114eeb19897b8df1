#include "runtime/policy/supervision.hpp"

#include "runtime/duration.hpp"
#include "runtime/policy/restart.hpp"

#include <algorithm>

namespace vpaas {

namespace {

caf::timespan later(caf::timespan now, caf::timespan delay) {
  return delay < supervision_plan::never - now ? now + delay
                                               : supervision_plan::never;
}

bool lives(child_phase x) {
  return x == child_phase::starting || x == child_phase::ready;
}

} // namespace

supervision_plan::supervision_plan(supervision how, caf::timespan patience)
  : how_(how), patience_(patience) {
  // nop
}

uint64_t supervision_plan::add(child x, caf::timespan now) {
  auto id = next_id_++;
  fresh_ += x.initial ? 1 : 0;
  auto& added = children_.emplace(id, std::move(x)).first->second;
  queue(id, added, now);
  return id;
}

void supervision_plan::ready(uint64_t id, caf::timespan now) {
  auto i = children_.find(id);
  if (i == children_.end() || i->second.phase != child_phase::starting)
    return;
  auto& x = i->second;
  enter(x, child_phase::ready, now);
  if (x.next == step::time_out)
    schedule(id, x, step::none, now);
  if (current_start_ == id)
    current_start_.reset();
  not_fresh(x);
  x.told = false;
}

ending supervision_plan::ignored(uint64_t id, caf::timespan now) {
  auto i = children_.find(id);
  if (i == children_.end())
    return ending::forgotten;
  auto& x = i->second;
  settle(id, x);
  not_fresh(x);
  x.told = false;
  enter(x, child_phase::stopped, now);
  auto end = std::exchange(x.end, fate::decide);
  if (end == fate::forget || x.type == restart_type::temporary || alike())
    return forget(i);
  if (end == fate::again && !halting_) {
    queue(id, x, now);
    return ending::returns;
  }
  return ending::stays;
}

void supervision_plan::fail(uint64_t id, std::string reason,
                            caf::timespan now) {
  auto i = children_.find(id);
  if (i == children_.end() || i->second.phase != child_phase::starting)
    return;
  i->second.failure = std::move(reason);
  if (i->second.end == fate::decide)
    i->second.end = fate::fail;
  schedule(id, i->second, step::kill, now);
}

ending supervision_plan::ended(uint64_t id, bool normally,
                               const std::string& reason, caf::timespan now,
                               double random) {
  auto i = children_.find(id);
  if (i == children_.end())
    return ending::forgotten;
  auto& x = i->second;
  settle(id, x);
  auto was_ready = x.phase == child_phase::ready;
  // A child that has lived for a period is forgiven what was before.
  if (was_ready && now - x.since >= how_.period)
    x.failures = 0;
  enter(x, child_phase::stopped, now);
  switch (std::exchange(x.end, fate::decide)) {
    case fate::halt:
      not_fresh(x);
      x.told = false;
      return ending::stays;
    case fate::forget:
      return forget(i);
    case fate::again:
      enter(x, child_phase::waiting, now);
      to_start_.insert(id);
      return ending::returns;
    case fate::fail:
      return start_failed(i, std::exchange(x.failure, {}), now, random);
    case fate::decide:
      break;
  }
  if (!was_ready)
    return start_failed(i, reason, now, random);
  if (x.type == restart_type::temporary
      || (x.type == restart_type::transient && normally))
    return rest(i, now);
  return restart(i, reason, now, random);
}

bool supervision_plan::remove(uint64_t id, caf::timespan now) {
  auto i = children_.find(id);
  if (i == children_.end())
    return true;
  auto& x = i->second;
  if (!lives(x.phase) && x.phase != child_phase::stopping) {
    schedule(id, x, step::none, now);
    to_start_.erase(id);
    forget(i);
    return true;
  }
  x.end = fate::forget;
  to_stop_.erase(id);
  if (lives(x.phase))
    schedule(id, x, step::stop, now);
  return false;
}

bool supervision_plan::stop(uint64_t id, caf::timespan now) {
  auto i = children_.find(id);
  if (i == children_.end() || i->second.type == restart_type::temporary
      || alike())
    return remove(id, now);
  auto& x = i->second;
  if (lives(x.phase) || x.phase == child_phase::stopping) {
    if (x.end != fate::forget)
      x.end = fate::halt;
    to_stop_.erase(id);
    if (lives(x.phase))
      schedule(id, x, step::stop, now);
    return false;
  }
  schedule(id, x, step::none, now);
  to_start_.erase(id);
  not_fresh(x);
  enter(x, child_phase::stopped, now);
  return true;
}

bool supervision_plan::start(uint64_t id, caf::timespan now) {
  auto i = children_.find(id);
  if (i == children_.end() || i->second.phase != child_phase::stopped)
    return false;
  i->second.told = true;
  queue(id, i->second, now);
  return true;
}

void supervision_plan::halt(caf::timespan now) {
  if (std::exchange(halting_, true))
    return;
  to_start_.clear();
  for (auto& [id, x] : children_) {
    if (x.phase == child_phase::waiting) {
      schedule(id, x, step::none, now);
      enter(x, child_phase::stopped, now);
    } else if (x.phase != child_phase::stopped && x.end != fate::forget) {
      x.end = fate::halt;
      if (lives(x.phase) && alike())
        schedule(id, x, step::stop, now);
      else if (lives(x.phase))
        to_stop_.insert(id);
    }
  }
}

std::optional<plan_action> supervision_plan::next(caf::timespan now) {
  choose(now);
  if (steps_.empty() || steps_.begin()->first > now)
    return std::nullopt;
  return take(steps_.begin()->second, now);
}

std::optional<caf::timespan> supervision_plan::wake() const {
  auto result = steps_.empty() ? never : steps_.begin()->first;
  if (may_start())
    result = std::min(result, resume_at_);
  return result != never ? std::optional{result} : std::nullopt;
}

void supervision_plan::enter(child& x, child_phase phase, caf::timespan now) {
  x.phase = phase;
  x.since = now;
}

void supervision_plan::schedule(uint64_t id, child& x, step next,
                                caf::timespan due) {
  if (x.next != step::none)
    steps_.erase({x.due, id});
  x.next = next;
  x.due = due;
  if (next != step::none && due != never)
    steps_.emplace(due, id);
}

void supervision_plan::queue(uint64_t id, child& x, caf::timespan now) {
  enter(x, child_phase::waiting, now);
  if (in_order() || fresh_ > 0)
    to_start_.insert(id);
  else
    schedule(id, x, step::start, now);
}

void supervision_plan::not_fresh(child& x) {
  fresh_ -= x.fresh && x.initial ? 1 : 0;
  x.fresh = false;
}

void supervision_plan::choose(caf::timespan now) {
  if (!current_stop_ && !to_stop_.empty()) {
    current_stop_ = *to_stop_.rbegin();
    to_stop_.erase(*current_stop_);
    schedule(*current_stop_, children_.at(*current_stop_), step::stop, now);
  }
  if (may_start() && resume_at_ <= now) {
    current_start_ = *to_start_.begin();
    to_start_.erase(*current_start_);
    schedule(*current_start_, children_.at(*current_start_), step::start, now);
  }
}

plan_action supervision_plan::take(uint64_t id, caf::timespan now) {
  auto& x = children_.at(id);
  switch (x.next) {
    case step::start:
      ++living_;
      enter(x, child_phase::starting, now);
      schedule(id, x, step::time_out, later(now, x.start_timeout));
      return {plan_action::start, id};
    case step::stop:
      enter(x, child_phase::stopping, now);
      schedule(id, x, step::kill, later(now, x.grace));
      return {plan_action::stop, id};
    case step::time_out:
      fail(id, "not ready within " + format_duration(x.start_timeout), now);
      [[fallthrough]];
    case step::kill:
      enter(x, child_phase::stopping, now);
      to_stop_.erase(id);
      schedule(id, x, step::abandon, later(now, patience_));
      return {plan_action::kill, id};
    default:
      schedule(id, x, step::none, now);
      return {plan_action::abandon, id};
  }
}

void supervision_plan::settle(uint64_t id, child& x) {
  --living_;
  schedule(id, x, step::none, x.due);
  to_stop_.erase(id);
  if (current_start_ == id)
    current_start_.reset();
  if (current_stop_ == id)
    current_stop_.reset();
}

ending supervision_plan::forget(position i) {
  not_fresh(i->second);
  children_.erase(i);
  return ending::forgotten;
}

ending supervision_plan::rest(position i, caf::timespan now) {
  auto& x = i->second;
  auto type = x.type;
  count_significant(x, now);
  return type == restart_type::temporary || alike() ? forget(i) : ending::stays;
}

void supervision_plan::count_significant(const child& x, caf::timespan now) {
  if (!x.significant || halting_ || how_.shutdown == auto_shutdown::never)
    return;
  auto works = [](const auto& y) {
    return y.second.significant && y.second.phase != child_phase::stopped;
  };
  if (how_.shutdown == auto_shutdown::all_significant
      && std::any_of(children_.begin(), children_.end(), works))
    return;
  served_ = true;
  halt(now);
}

ending supervision_plan::start_failed(position i, const std::string& reason,
                                      caf::timespan now, double random) {
  auto& x = i->second;
  if (std::exchange(x.told, false))
    return ending::stays;
  if (!x.fresh)
    return restart(i, reason, now, random);
  if (!x.initial)
    return forget(i);
  verdict_ = "failed to start child \"" + x.name + "\": " + reason;
  halt(now);
  return ending::stays;
}

ending supervision_plan::restart(position i, const std::string& reason,
                                 caf::timespan now, double random) {
  auto& [id, x] = *i;
  ++restarts_;
  ++x.restarts;
  x.reason = reason;
  history_.push_back(now);
  while (now - history_.front() > how_.period)
    history_.pop_front();
  if (gives_up(history_, now, how_.intensity, how_.period)) {
    verdict_ = "failed to keep child \"" + x.name
               + "\" running: " + std::to_string(history_.size())
               + " restarts within " + format_duration(how_.period)
               + ", the last because of " + reason;
    halt(now);
    return ending::stays;
  }
  enter(x, child_phase::waiting, now);
  auto delay = restart_delay(how_.delay, how_.max_delay, x.failures++, random);
  if (!in_order()) {
    schedule(id, x, step::start, now + delay);
    return ending::restarts;
  }
  to_start_.insert(id);
  resume_at_ = std::max(resume_at_, now + delay);
  take_along(id, now);
  return ending::restarts;
}

void supervision_plan::take_along(uint64_t id, caf::timespan now) {
  auto first = how_.how == strategy::rest_for_one ? children_.upper_bound(id)
                                                  : children_.begin();
  for (auto i = first; i != children_.end(); ++i) {
    auto& [sibling, x] = *i;
    if (sibling == id)
      continue;
    if (x.phase == child_phase::stopped) {
      // OTP starts all of its list again, also one that ended normally.
      enter(x, child_phase::waiting, now);
      to_start_.insert(sibling);
    } else if (lives(x.phase) && x.end == fate::decide) {
      x.end = x.type == restart_type::temporary ? fate::forget : fate::again;
      to_stop_.insert(sibling);
    }
  }
}

} // namespace vpaas
