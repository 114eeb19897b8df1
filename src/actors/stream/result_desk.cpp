#include "actors/stream/result_desk.hpp"

#include "actors/stream/coordinator.hpp"
#include "messages/control.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace vpaas {

namespace {

/// Keyframes that tracks are taken up again from: ten seconds and more.
constexpr uint64_t most_recent = 24;

/// Events of one transaction.
constexpr size_t most_offered = 500;

} // namespace

bool result_desk::ready() const {
  auto& cfg = all_.cfg;
  return cfg.functions.empty()
         || (all_.others->has(cfg.functions)
             && (cfg.events.empty() || all_.others->has(cfg.events)));
}

void result_desk::pass(const results& xs, receiver then) {
  if (all_.cfg.functions.empty())
    return then(xs);
  if (!all_.others->has(all_.cfg.functions) || all_.now() < rest_until_)
    return answered(xs, nullptr, then);
  if (!recalled_ && recent_.empty())
    return recall(xs, std::move(then));
  ask(xs, std::move(then));
}

void result_desk::recall(const results& xs, receiver then) {
  recalled_ = true;
  result_query query;
  query.stream = all_.cfg.stream;
  query.last = xs.front().frame;
  query.first = query.last - std::min(query.last, most_recent * all_.cfg.every);
  query.most = most_recent;
  all_.asking
    .send(all_.self, all_.others->get<results_actor>(all_.cfg.results),
          patience, find_atom_v, query)
    .then(
      [this, xs, then](const results& found) {
        remember(found);
        ask(xs, then);
      },
      [this, xs, then](const caf::error&) { ask(xs, then); });
}

void result_desk::ask(const results& xs, receiver then) {
  auto to = all_.others->get<function_actor>(all_.cfg.functions);
  if (!to)
    return answered(xs, nullptr, then);
  auto whole = std::make_shared<const results>(xs);
  result_batch in;
  in.results = xs;
  if (std::exchange(anew_, false))
    in.before.assign(recent_.begin(), recent_.end());
  all_.asking
    .send(all_.self, to, patience + int64_t(xs.size()) * patience_each,
          apply_atom_v,
          make_item(all_.cfg.stream, xs.front().frame, std::move(in)))
    .then(
      [this, whole, then](const item& x) {
        answered(*whole, x.value.get<result_batch>(), then);
      },
      [this, whole, then](const caf::error& cause) {
        all_.counts.last_error = "functions of results: " + describe(cause);
        if (cause == caf::sec::request_timeout)
          rest_until_ = all_.now() + rest;
        answered(*whole, nullptr, then);
      });
}

void result_desk::answered(const results& xs, const result_batch* out,
                           const receiver& then) {
  if (!out || out->results.size() != xs.size()) {
    all_.counts.unchanged += xs.size();
    return then(xs);
  }
  remember(out->results);
  keep(out->events);
  then(out->results);
}

void result_desk::remember(const results& xs) {
  for (auto& x : xs) {
    if (recent_.empty() || x.frame > recent_.back().frame)
      recent_.push_back(x);
    if (recent_.size() > most_recent)
      recent_.pop_front();
  }
}

void result_desk::keep(const std::vector<event>& xs) {
  all_.counts.events += xs.size();
  if (auto window = all_.others->get<window_actor>(all_.cfg.window))
    for (auto& x : xs)
      caf::anon_send(window, publish_atom_v, x);
  if (all_.cfg.events.empty())
    return;
  events_.insert(events_.end(), xs.begin(), xs.end());
  for (; events_.size() > most_events; events_.pop_front())
    ++all_.counts.events_lost;
  flush();
}

void result_desk::flush() {
  auto to = all_.others->get<events_actor>(all_.cfg.events);
  if (!to || offered_ > 0 || events_.empty() || all_.now() < offer_at_)
    return;
  offered_ = std::min(events_.size(), most_offered);
  auto end = events_.begin() + ptrdiff_t(offered_);
  std::vector<event> xs(events_.begin(), end);
  events_.erase(events_.begin(), end);
  all_.asking.send(all_.self, to, all_.patience, publish_atom_v, xs)
    .then(
      [this] {
        offered_ = 0;
        flush();
      },
      [this, xs](const caf::error& cause) {
        offered_ = 0;
        all_.counts.last_error = "events: " + describe(cause);
        if (cause == ec::bad_input) { // they can never be kept
          all_.counts.events_lost += xs.size();
          return flush();
        }
        events_.insert(events_.begin(), xs.begin(), xs.end());
        offer_at_ = all_.now() + all_.rest;
        all_.wake_in(all_.rest);
      });
}

} // namespace vpaas
