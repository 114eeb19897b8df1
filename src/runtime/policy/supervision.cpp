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

bool alike(const supervision& x) {
  return x.how == strategy::simple_one_for_one;
}

bool in_order(const supervision& x) {
  return x.how != strategy::one_for_one && !alike(x);
}

/// Whether its end by itself ends the supervisor.
bool serves(const supervision& how, const supervised_child& x,
            const supervised_children::table& all) {
  if (!x.significant || how.shutdown == auto_shutdown::never)
    return false;
  auto works = [](const auto& y) {
    return y.second.significant && y.second.phase != child_phase::stopped;
  };
  return how.shutdown == auto_shutdown::any_significant
         || std::none_of(all.begin(), all.end(), works);
}

} // namespace

supervision_plan::supervision_plan(supervision how, caf::timespan patience)
  : how_(how), patience_(patience) {
  // nop
}

uint64_t supervision_plan::add(child x, caf::timespan now) {
  auto id = children_.add(std::move(x));
  queue(id, children_.at(id), now);
  return id;
}

void supervision_plan::ready(uint64_t id, caf::timespan now) {
  auto x = children_.find(id);
  if (!x || x->phase != child_phase::starting)
    return;
  x->enter(child_phase::ready, now);
  if (x->next == step::time_out)
    children_.schedule(id, step::none, now);
  turns_.started(id);
  children_.not_fresh(*x);
  x->told = false;
}

ending supervision_plan::ignored(uint64_t id, caf::timespan now) {
  auto found = children_.find(id);
  if (!found)
    return ending::forgotten;
  auto& x = *found;
  settle(id, x);
  children_.not_fresh(x);
  x.told = false;
  x.enter(child_phase::stopped, now);
  auto end = std::exchange(x.end, fate::decide);
  if (end == fate::forget || x.type == restart_type::temporary || alike(how_)) {
    children_.forget(id);
    return ending::forgotten;
  }
  if (end == fate::again && !halting_) {
    queue(id, x, now);
    return ending::returns;
  }
  return ending::stays;
}

void supervision_plan::fail(uint64_t id, std::string reason,
                            caf::timespan now) {
  auto x = children_.find(id);
  if (!x || x->phase != child_phase::starting)
    return;
  x->failure = std::move(reason);
  if (x->end == fate::decide)
    x->end = fate::fail;
  children_.schedule(id, step::kill, now);
}

ending supervision_plan::ended(uint64_t id, bool normally,
                               const std::string& reason, caf::timespan now,
                               double random) {
  auto found = children_.find(id);
  if (!found)
    return ending::forgotten;
  auto& x = *found;
  settle(id, x);
  auto was_ready = x.phase == child_phase::ready;
  // A child that has lived for a period is forgiven what was before.
  if (was_ready && now - x.since >= how_.period)
    x.failures = 0;
  x.enter(child_phase::stopped, now);
  switch (std::exchange(x.end, fate::decide)) {
    case fate::halt:
      children_.not_fresh(x);
      x.told = false;
      return ending::stays;
    case fate::forget:
      children_.forget(id);
      return ending::forgotten;
    case fate::again:
      x.enter(child_phase::waiting, now);
      turns_.want_start(id);
      return ending::returns;
    case fate::fail:
      return start_failed(id, std::exchange(x.failure, {}), now, random);
    case fate::decide:
      break;
  }
  if (!was_ready)
    return start_failed(id, reason, now, random);
  if (x.type == restart_type::temporary
      || (x.type == restart_type::transient && normally))
    return rest(id, now);
  return restart(id, reason, now, random);
}

bool supervision_plan::remove(uint64_t id, caf::timespan now) {
  auto x = children_.find(id);
  if (!x)
    return true;
  if (!x->lives() && x->phase != child_phase::stopping) {
    turns_.start_not(id);
    children_.forget(id);
    return true;
  }
  x->end = fate::forget;
  turns_.stop_not(id);
  if (x->lives())
    children_.schedule(id, step::stop, now);
  return false;
}

bool supervision_plan::stop(uint64_t id, caf::timespan now) {
  auto found = children_.find(id);
  if (!found || found->type == restart_type::temporary || alike(how_))
    return remove(id, now);
  auto& x = *found;
  if (x.lives() || x.phase == child_phase::stopping) {
    if (x.end != fate::forget)
      x.end = fate::halt;
    turns_.stop_not(id);
    if (x.lives())
      children_.schedule(id, step::stop, now);
    return false;
  }
  children_.schedule(id, step::none, now);
  turns_.start_not(id);
  children_.not_fresh(x);
  x.enter(child_phase::stopped, now);
  return true;
}

bool supervision_plan::start(uint64_t id, caf::timespan now) {
  auto x = children_.find(id);
  if (!x || x->phase != child_phase::stopped)
    return false;
  x->told = true;
  queue(id, *x, now);
  return true;
}

void supervision_plan::halt(caf::timespan now) {
  if (std::exchange(halting_, true))
    return;
  turns_.close();
  for (auto& [id, x] : children_.all()) {
    if (x.phase == child_phase::waiting) {
      children_.schedule(id, step::none, now);
      x.enter(child_phase::stopped, now);
    } else if (x.phase != child_phase::stopped && x.end != fate::forget) {
      x.end = fate::halt;
      if (x.lives() && alike(how_))
        children_.schedule(id, step::stop, now);
      else if (x.lives())
        turns_.want_stop(id);
    }
  }
}

std::optional<plan_action> supervision_plan::next(caf::timespan now) {
  if (auto id = turns_.next_stop())
    children_.schedule(*id, step::stop, now);
  if (auto id = turns_.next_start(now))
    children_.schedule(*id, step::start, now);
  auto id = children_.due(now);
  return id ? std::optional{take(*id, now)} : std::nullopt;
}

std::optional<caf::timespan> supervision_plan::wake() const {
  auto result = std::min(children_.wake(), turns_.wake().value_or(never));
  return result != never ? std::optional{result} : std::nullopt;
}

void supervision_plan::queue(uint64_t id, child& x, caf::timespan now) {
  x.enter(child_phase::waiting, now);
  if (in_order(how_) || children_.fresh() > 0)
    turns_.want_start(id);
  else
    children_.schedule(id, step::start, now);
}

plan_action supervision_plan::take(uint64_t id, caf::timespan now) {
  auto& x = children_.at(id);
  switch (x.next) {
    case step::start:
      ++living_;
      x.enter(child_phase::starting, now);
      children_.schedule(id, step::time_out, later(now, x.start_timeout));
      return {plan_action::start, id};
    case step::stop:
      x.enter(child_phase::stopping, now);
      children_.schedule(id, step::kill, later(now, x.grace));
      return {plan_action::stop, id};
    case step::time_out:
      fail(id, "not ready within " + format_duration(x.start_timeout), now);
      [[fallthrough]];
    case step::kill:
      x.enter(child_phase::stopping, now);
      turns_.stop_not(id);
      children_.schedule(id, step::abandon, later(now, patience_));
      return {plan_action::kill, id};
    default:
      children_.schedule(id, step::none, now);
      return {plan_action::abandon, id};
  }
}

void supervision_plan::settle(uint64_t id, child& x) {
  --living_;
  children_.schedule(id, step::none, x.due);
  turns_.ended(id);
}

ending supervision_plan::rest(uint64_t id, caf::timespan now) {
  auto& x = children_.at(id);
  if (!halting_ && serves(how_, x, children_.all())) {
    served_ = true;
    halt(now);
  }
  if (x.type != restart_type::temporary && !alike(how_))
    return ending::stays;
  children_.forget(id);
  return ending::forgotten;
}

ending supervision_plan::start_failed(uint64_t id, const std::string& reason,
                                      caf::timespan now, double random) {
  auto& x = children_.at(id);
  if (std::exchange(x.told, false))
    return ending::stays;
  if (!x.fresh)
    return restart(id, reason, now, random);
  if (!x.initial) {
    children_.forget(id);
    return ending::forgotten;
  }
  verdict_ = "failed to start child \"" + x.name + "\": " + reason;
  halt(now);
  return ending::stays;
}

ending supervision_plan::restart(uint64_t id, const std::string& reason,
                                 caf::timespan now, double random) {
  auto& x = children_.at(id);
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
  x.enter(child_phase::waiting, now);
  auto delay = restart_delay(how_.delay, how_.max_delay, x.failures++, random);
  if (!in_order(how_)) {
    children_.schedule(id, step::start, now + delay);
    return ending::restarts;
  }
  turns_.want_start(id);
  turns_.rest_until(now + delay);
  take_along(id, now);
  return ending::restarts;
}

void supervision_plan::take_along(uint64_t id, caf::timespan now) {
  auto& all = children_.all();
  auto first = how_.how == strategy::rest_for_one ? all.upper_bound(id)
                                                  : all.begin();
  for (auto i = first; i != all.end(); ++i) {
    auto& [sibling, x] = *i;
    if (sibling == id)
      continue;
    if (x.phase == child_phase::stopped) {
      // OTP starts all of its list again, also one that ended normally.
      x.enter(child_phase::waiting, now);
      turns_.want_start(sibling);
    } else if (x.lives() && x.end == fate::decide) {
      x.end = x.type == restart_type::temporary ? fate::forget : fate::again;
      turns_.want_stop(sibling);
    }
  }
}

} // namespace vpaas
