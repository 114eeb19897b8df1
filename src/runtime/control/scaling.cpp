#include "runtime/control/scaling.hpp"

#include "runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace vpaas {

namespace {

/// Of its service, that a job may wait.
constexpr double patience = .5;
/// Of all jobs, that may wait for longer.
constexpr double late = .05;
/// Of service times: deviation over mean.
constexpr double variation = .3;

/// What arrived lately is compared with what arrived before: a clear step is
/// seen within a tenth of the window, a small one within half of it.
constexpr int parts[] = {10, 2};
/// A step is what chance does not do: so many deviations.
constexpr double certain = 4;
/// Jobs that say how many arrive, to a twentieth, and how long one takes.
constexpr uint64_t enough_arrivals = 400, enough_services = 20;
/// Windows that such jobs are looked for in.
constexpr int windows = 10;

double in_seconds(caf::timespan x) {
  return std::chrono::duration<double>(x).count();
}

/// The share of jobs that wait for longer than `patience`, in [0, 1].
/// @param blocked Erlang's B for these workers
double share_late(double load, double workers, double blocked) {
  if (workers <= load)
    return 1;
  auto waits = workers * blocked / (workers - load * (1 - blocked));
  auto ends = (workers - load) * 2 / (1 + variation * variation);
  return waits * std::exp(-ends * patience);
}

} // namespace

caf::error scaling_config::validate() const {
  auto bad = [](const char* what) {
    return caf::make_error(ec::bad_config, std::string{"scaling: "} + what);
  };
  if (most == 0 || least > most)
    return bad("most must be at least 1, and at least as many as least");
  if (!(utilisation > 0 && utilisation <= 1))
    return bad("utilisation must be above 0 and at most 1");
  if (window.count() <= 0 || cool_down < window || idle < cool_down
      || service.count() < 0)
    return bad("window must be positive, cool_down at least window, idle at "
               "least cool_down");
  if (!(slack >= 0 && slack <= 10))
    return bad("slack must be from 0 to 10");
  return caf::none;
}

uint32_t workers_for(double load, double utilisation, uint32_t most) {
  if (!(load > 0))
    return 0;
  double blocked = 1; // Erlang's B, from one worker to the next
  for (uint32_t n = 1; n < most; ++n) {
    blocked = load * blocked / (n + load * blocked);
    if (n * utilisation >= load && share_late(load, n, blocked) <= late)
      return n;
  }
  return most;
}

scaling::scaling(scaling_config cfg, uint32_t workers)
  : cfg_(cfg), target_(std::clamp(workers, cfg.least, cfg.most)),
    service_(cfg.service) {
  // nop
}

void scaling::limit(scaling_config cfg) {
  cfg_ = cfg;
  if (service_.count() == 0)
    service_ = cfg.service;
  target_ = std::clamp(target_, cfg_.least, cfg_.most);
}

uint32_t scaling::look(caf::timespan now, const pool_load& x) {
  take({now, x});
  notice_step();
  measure();
  auto known = service_.count() > 0;
  auto asked = rate_ > 0 || x.waiting > 0;
  auto load = load_now();
  auto most = highest({now, load});
  if (!known) // the first job will tell
    return target_ = bounded(asked ? std::max(target_, 1u) : target_);
  if (needed(load * (1 - cfg_.slack)) > target_)
    target_ = needed(load);
  else if (needed(most * (1 + cfg_.slack)) < target_)
    target_ = needed(most);
  return target_;
}

void scaling::take(const sample& x) {
  auto begins = samples_.empty()
                || x.pool.arrived < samples_.back().pool.arrived
                || x.pool.finished < samples_.back().pool.finished
                || x.pool.busy < samples_.back().pool.busy;
  if (begins) { // or the pool did, anew
    samples_.clear();
    needs_.clear();
    begin_ = last_arrival_ = x.at;
  } else if (x.pool.arrived > samples_.back().pool.arrived) {
    last_arrival_ = x.at;
  }
  samples_.push_back(x);
  auto& last = samples_.back();
  auto spare = [&](const sample& next) {
    auto age = last.at - next.at;
    return age >= windows * cfg_.window
           || (age >= cfg_.window
               && last.pool.arrived - next.pool.arrived >= enough_arrivals
               && last.pool.finished - next.pool.finished >= enough_services);
  };
  while (samples_.size() > 2 && spare(samples_[1]))
    samples_.pop_front();
  begin_ = std::max(begin_, samples_.front().at);
}

void scaling::notice_step() {
  for (auto part : parts) {
    auto& old = first_since(begin_);
    auto& from = first_since(samples_.back().at - cfg_.window / part);
    if (from.at > old.at && from.at < samples_.back().at && differs(old, from))
      begin_ = from.at;
  }
}

bool scaling::differs(const sample& old, const sample& from) const {
  auto& last = samples_.back();
  auto before = double(from.pool.arrived - old.pool.arrived)
                / in_seconds(from.at - old.at);
  auto expected = before * in_seconds(last.at - from.at);
  auto came = double(last.pool.arrived - from.pool.arrived);
  return std::abs(came - expected)
         > certain * std::sqrt(std::max({came, expected, 1.}));
}

const scaling::sample& scaling::first_since(caf::timespan t) const {
  return *std::find_if(samples_.begin(), samples_.end(),
                       [t](const sample& x) { return x.at >= t; });
}

void scaling::measure() {
  auto& last = samples_.back();
  auto& first = first_since(begin_);
  if (auto time = in_seconds(last.at - first.at); time > 0)
    rate_ = double(last.pool.arrived - first.pool.arrived) / time;
  auto& from = samples_.front().pool;
  if (auto done = last.pool.finished - from.finished; done > 0)
    service_ = (last.pool.busy - from.busy) / int64_t(done);
}

double scaling::load_now() const {
  auto waiting = double(samples_.back().pool.waiting);
  return (rate_ + waiting / in_seconds(cfg_.window)) * in_seconds(service_);
}

double scaling::highest(const need& x) {
  while (!needs_.empty() && needs_.back().load <= x.load)
    needs_.pop_back();
  needs_.push_back(x);
  while (needs_.front().at < x.at - cfg_.cool_down)
    needs_.pop_front();
  return needs_.front().load;
}

uint32_t scaling::needed(double load) const {
  return bounded(workers_for(load, cfg_.utilisation, cfg_.most));
}

uint32_t scaling::bounded(uint32_t workers) const {
  auto idle = samples_.back().at - last_arrival_ >= cfg_.idle
              && samples_.back().pool.waiting == 0;
  auto least = cfg_.least == 0 && !idle ? std::min(target_, 1u) : cfg_.least;
  return std::clamp(workers, least, cfg_.most);
}

std::vector<size_t> who_leaves(const std::vector<worker_seat>& xs,
                               size_t surplus) {
  std::vector<size_t> result(xs.size());
  std::iota(result.begin(), result.end(), size_t{0});
  std::sort(result.begin(), result.end(), [&](size_t a, size_t b) {
    return std::tuple{xs[a].ready, xs[a].jobs, xs[b].since}
           < std::tuple{xs[b].ready, xs[b].jobs, xs[a].since};
  });
  result.resize(std::min(surplus, xs.size()));
  return result;
}

} // namespace vpaas
