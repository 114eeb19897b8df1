#pragma once

// A pool of simulated workers in virtual time: jobs that come by chance, a
// bounded queue, workers that take a while to start. Nothing of it is real but
// the rule that says how many workers there shall be.

#include "runtime/control/scaling.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <random>
#include <utility>
#include <vector>

namespace vpaas::bench {

/// How a simulated worker behaves.
struct simulated_device {
  /// Of a job: equally many are between one and the next, s.
  std::vector<double> service{.020, .022, .024, .026, .028, .040};
  double start = 6; ///< until it takes jobs, s
};

/// Jobs in a stretch of time.
struct load_step {
  double rate = 0; ///< a second
  double seconds = 0;
};

class simulated_pool {
public:
  /// Says how many workers there shall be.
  using rule_fun = std::function<uint32_t(double now, const pool_load&)>;

  struct job_done {
    double at = 0; ///< arrival
    double took = 0;
  };

  struct change {
    double at = 0;
    uint32_t workers = 0; ///< that shall be there
  };

  /// @param devices most workers at once, those that leave included
  simulated_pool(simulated_device device, size_t queue, uint32_t devices,
                 uint64_t seed)
    : device_(std::move(device)), capacity_(queue), devices_(devices),
      random_(seed) {
    // nop
  }

  /// Workers that are there from the beginning.
  void begin_with(uint32_t workers) {
    for (; workers > 0; --workers)
      workers_.push_back({++last_id_, true});
    changes.push_back({now_, uint32_t(workers_.size())});
  }

  /// Takes the pool through these steps, one after the other.
  void run(const std::vector<load_step>& steps, double look,
           const rule_fun& rule) {
    auto begin = now_;
    events_.push({now_, kind::look, 0});
    for (auto& step : steps) {
      auto end = begin + step.seconds;
      add_arrival(step.rate);
      while (!events_.empty() && events_.top().at < end) {
        auto next = events_.top();
        events_.pop();
        handle(next, step.rate, look, rule);
      }
      pass(end);
      begin = end;
    }
  }

  std::vector<job_done> done;
  std::vector<change> changes;
  double worker_seconds = 0;  ///< from the order to the end
  uint64_t lost = 0;          ///< jobs that found the queue full
  uint64_t warm_for_cold = 0; ///< warm workers that left while others started

private:
  enum class kind { arrival, ready, done, look };

  struct event {
    double at;
    kind what;
    uint64_t whom; ///< of arrivals: their series

    friend bool operator<(const event& a, const event& b) {
      return a.at > b.at;
    }
  };

  struct worker {
    uint64_t id;
    bool ready = false;
    bool leaves = false;
    bool has_job = false;
    double since = 0; ///< it has a job
    double arrived = 0;
  };

  void pass(double to) {
    worker_seconds += (to - now_) * double(workers_.size());
    now_ = to;
  }

  void handle(const event& x, double rate, double look, const rule_fun& rule) {
    pass(x.at);
    if (x.what == kind::look) {
      resize(rule(now_, load()));
      // Not in step with what is looked at.
      events_.push({now_ + look * between(.95, 1.05), kind::look, 0});
    } else if (x.what == kind::arrival) {
      if (x.whom == series_) // else of a step that is over
        arrive(), next_arrival(rate);
    } else if (auto w = find(x.whom); w && x.what == kind::ready) {
      w->ready = true;
      take(*w);
    } else if (w) {
      finish(*w);
    }
  }

  void add_arrival(double rate) {
    ++series_;
    next_arrival(rate);
  }

  void next_arrival(double rate) {
    if (rate > 0)
      events_.push({now_ + std::exponential_distribution<double>{rate}(random_),
                    kind::arrival, series_});
  }

  void arrive() {
    ++counts_.arrived;
    if (waiting_.size() >= capacity_) {
      ++lost;
      return;
    }
    waiting_.push_back(now_);
    auto free = std::find_if(workers_.begin(), workers_.end(), [](auto& x) {
      return x.ready && !x.leaves && !x.has_job;
    });
    if (free != workers_.end())
      take(*free);
  }

  void take(worker& x) {
    if (waiting_.empty() || x.leaves)
      return;
    x.has_job = true;
    x.since = now_;
    x.arrived = waiting_.front();
    waiting_.pop_front();
    auto& s = device_.service;
    auto i = std::uniform_int_distribution<size_t>{0, s.size() - 2}(random_);
    events_.push({now_ + between(s[i], s[i + 1]), kind::done, x.id});
  }

  void finish(worker& x) {
    busy_ += now_ - x.since;
    ++counts_.finished;
    done.push_back({x.arrived, now_ - x.arrived});
    x.has_job = false;
    if (x.leaves)
      erase(x.id);
    else
      take(x);
  }

  void resize(uint32_t target) {
    auto stay = uint32_t(std::count_if(workers_.begin(), workers_.end(),
                                       [](auto& x) { return !x.leaves; }));
    if (changes.empty() || changes.back().workers != target)
      changes.push_back({now_, target});
    for (auto& x : workers_)
      if (x.leaves && stay < target)
        x.leaves = false, ++stay;
    for (; stay < target && workers_.size() < devices_; ++stay) {
      workers_.push_back({++last_id_});
      events_.push({now_ + device_.start, kind::ready, last_id_});
    }
    if (stay > target)
      let_go(stay - target);
  }

  void let_go(size_t surplus) {
    std::vector<worker_seat> seats;
    std::vector<uint64_t> ids;
    for (auto& x : workers_)
      if (!x.leaves) {
        seats.push_back({x.ready, x.has_job, x.id});
        ids.push_back(x.id);
      }
    auto starting = size_t(std::count_if(seats.begin(), seats.end(),
                                         [](auto& x) { return !x.ready; }));
    auto who = who_leaves(seats, surplus);
    auto cold = std::count_if(who.begin(), who.end(),
                              [&](size_t i) { return !seats[i].ready; });
    if (size_t(cold) < std::min(starting, who.size()))
      ++warm_for_cold;
    for (auto i : who) {
      if (seats[i].jobs > 0)
        find(ids[i])->leaves = true;
      else
        erase(ids[i]);
    }
  }

  pool_load load() const {
    auto x = counts_;
    auto busy = busy_;
    for (auto& w : workers_)
      busy += w.has_job ? now_ - w.since : 0;
    x.busy = std::chrono::nanoseconds(int64_t(busy * 1e9));
    x.waiting = waiting_.size();
    return x;
  }

  worker* find(uint64_t id) {
    auto i = std::find_if(workers_.begin(), workers_.end(),
                          [id](auto& x) { return x.id == id; });
    return i != workers_.end() ? &*i : nullptr;
  }

  void erase(uint64_t id) {
    workers_.erase(std::find_if(workers_.begin(), workers_.end(),
                                [id](auto& x) { return x.id == id; }));
  }

  double between(double a, double b) {
    return std::uniform_real_distribution<double>{a, b}(random_);
  }

  simulated_device device_;
  size_t capacity_;
  uint32_t devices_;
  std::mt19937_64 random_;
  double now_ = 0;
  uint64_t last_id_ = 0, series_ = 0;
  std::vector<worker> workers_;
  std::deque<double> waiting_; ///< times of arrival
  std::priority_queue<event> events_;
  pool_load counts_;
  double busy_ = 0;
};

/// The rule on a clock of seconds.
inline simulated_pool::rule_fun rule_of(scaling& x) {
  return [&x](double now, const pool_load& load) {
    return x.look(std::chrono::nanoseconds(int64_t(now * 1e9)), load);
  };
}

/// How often it turned from more to fewer, or back, from `begin` to `end`.
inline int turns(const std::vector<simulated_pool::change>& xs, double begin,
                 double end) {
  int result = 0, direction = 0;
  for (size_t i = 1; i < xs.size(); ++i) {
    if (xs[i].at < begin || xs[i].at >= end)
      continue;
    auto now = xs[i].workers > xs[i - 1].workers ? 1 : -1;
    result += direction != 0 && now != direction;
    direction = now;
  }
  return result;
}

} // namespace vpaas::bench
