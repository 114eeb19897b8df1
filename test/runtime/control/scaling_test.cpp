#include "runtime/control/scaling.hpp"

#include "bench/simulated_pool.hpp"
#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

scaling_config up_to(uint32_t most, uint32_t least = 1) {
  scaling_config result;
  result.least = least;
  result.most = most;
  return result;
}

/// A pool that keeps up, whose jobs take 100 ms and come at an even pace.
struct even_pool {
  scaling uut;
  caf::timespan now = 0s;
  pool_load done;

  explicit even_pool(scaling_config cfg) : uut(cfg, cfg.least) {
    // nop
  }

  /// @param rate jobs a second
  /// @returns workers in the end
  uint32_t pass(int seconds, uint64_t rate) {
    for (; seconds > 0; --seconds) {
      now += 1s;
      done.arrived += rate;
      done.finished += rate;
      done.busy += int64_t(rate) * 100ms;
      uut.look(now, done);
    }
    return uut.target();
  }
};

bool holds(const bench::simulated_pool& x, double begin, uint32_t least) {
  return std::all_of(x.changes.begin(), x.changes.end(), [&](auto& y) {
    return y.at < begin || y.workers >= least;
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(scaling_tests)

BOOST_AUTO_TEST_CASE(many_workers_need_little_reserve) {
  BOOST_TEST(workers_for(90, .9, 1000) == 100u);
  BOOST_TEST(workers_for(0, .9, 1000) == 0u);
}

BOOST_AUTO_TEST_CASE(few_workers_need_more) {
  // Erlang's C of 4 workers' worth of jobs: .554 with 5 workers, .285 with 6
  // (any table). Of these exp(-(5 - 4) / 1.09) = .40 wait for more than half of
  // a service, which makes .22; and exp(-2 / 1.09) = .16, which makes .045.
  BOOST_TEST(workers_for(4, .9, 1000) == 6u);
}

BOOST_AUTO_TEST_CASE(utilisation_and_most_are_bounds) {
  BOOST_TEST(workers_for(4, .5, 1000) == 8u);
  BOOST_TEST(workers_for(4, .9, 3) == 3u);
  BOOST_TEST(workers_for(std::numeric_limits<double>::infinity(), .9, 7) == 7u);
  BOOST_TEST(workers_for(std::nan(""), .9, 7) == 0u);
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_be_are_refused) {
  BOOST_TEST(!up_to(1).validate());
  auto refuses = [](auto change) {
    auto x = up_to(4);
    change(x);
    return x.validate() == ec::bad_config;
  };
  BOOST_TEST(refuses([](auto& x) { x.most = 0; }));
  BOOST_TEST(refuses([](auto& x) { x.least = 5; }));
  BOOST_TEST(refuses([](auto& x) { x.utilisation = 0; }));
  BOOST_TEST(refuses([](auto& x) { x.utilisation = 1.1; }));
  BOOST_TEST(refuses([](auto& x) { x.utilisation = std::nan(""); }));
  BOOST_TEST(refuses([](auto& x) { x.window = 0s; }));
  BOOST_TEST(refuses([](auto& x) { x.cool_down = x.window - 1ns; }));
  BOOST_TEST(refuses([](auto& x) { x.idle = x.cool_down - 1ns; }));
  BOOST_TEST(refuses([](auto& x) { x.slack = -1; }));
}

BOOST_AUTO_TEST_CASE(it_learns_what_jobs_take_and_how_many_come) {
  even_pool x{up_to(64)};
  x.pass(30, 40);
  BOOST_TEST(x.uut.arrivals_a_second() == 40);
  BOOST_TEST((x.uut.service() == 100ms));
  BOOST_TEST(x.uut.target() == workers_for(4, .9, 64));
}

BOOST_AUTO_TEST_CASE(more_load_brings_workers_within_seconds) {
  even_pool x{up_to(64)};
  x.pass(60, 40);
  BOOST_TEST(x.pass(3, 320) == workers_for(32, .9, 64));
}

BOOST_AUTO_TEST_CASE(less_load_lets_workers_go_after_the_cool_down) {
  even_pool x{up_to(64)};
  auto many = x.pass(60, 320);
  BOOST_TEST(x.pass(30, 40) == many);
  BOOST_TEST(x.pass(4, 40) == workers_for(4, .9, 64));
}

BOOST_AUTO_TEST_CASE(a_short_pause_costs_nobody) {
  even_pool x{up_to(64)};
  auto many = x.pass(60, 320);
  for (auto i = 0; i < 10; ++i) {
    BOOST_TEST(x.pass(20, 0) == many);
    BOOST_TEST(x.pass(20, 320) >= many);
  }
}

BOOST_AUTO_TEST_CASE(a_little_less_lets_nobody_go) {
  even_pool x{up_to(64)};
  auto many = x.pass(60, 320); // 36, which could take 32.4
  BOOST_TEST(x.pass(300, 315) == many);
  BOOST_TEST(x.pass(300, 290) < many);
}

BOOST_AUTO_TEST_CASE(jobs_that_wait_are_load_too) {
  even_pool x{up_to(64)};
  auto few = x.pass(60, 40);
  x.done.waiting = 400; // 40 s of work, to be done within 20 s
  BOOST_TEST(x.pass(1, 40) == workers_for(6, .9, 64));
  BOOST_TEST(workers_for(6, .9, 64) > few);
}

BOOST_AUTO_TEST_CASE(a_pool_that_starts_anew_counts_from_zero) {
  even_pool x{up_to(64)};
  auto few = x.pass(60, 40);
  x.done = {};
  BOOST_TEST(x.pass(60, 40) == few);
  BOOST_TEST(x.uut.arrivals_a_second() == 40);
}

BOOST_AUTO_TEST_CASE(without_an_answer_nobody_knows_how_many_it_needs) {
  scaling uut{up_to(64), 1};
  pool_load x;
  for (auto t = 0s; t < 60s; t += 1s) {
    x.arrived += 10;
    x.busy += 1s;
    x.waiting += 10;
    BOOST_TEST(uut.look(t, x) == 1u);
  }
  x.finished = 1; // 60 s
  BOOST_TEST(uut.look(60s, x) == 64u);
}

BOOST_AUTO_TEST_CASE(a_profile_says_it_before) {
  auto cfg = up_to(64);
  cfg.service = 100ms;
  scaling uut{cfg, 1};
  uut.look(0s, {});
  BOOST_TEST(uut.look(1s, {40, 0, 0s, 0}) == workers_for(4, .9, 64));
}

BOOST_AUTO_TEST_CASE(where_nothing_comes_for_long_nobody_stays) {
  even_pool x{up_to(64, 0)};
  BOOST_TEST(x.pass(100, 0) == 0u);
  BOOST_TEST(x.pass(60, 40) > 0u);
  BOOST_TEST(x.pass(299, 0) == 1u);
  BOOST_TEST(x.pass(1, 0) == 0u);
  BOOST_TEST(x.pass(1000, 0) == 0u);
  ++x.done.arrived, ++x.done.waiting; // it waits for a cold start
  BOOST_TEST(x.pass(1, 0) == 1u);
}

BOOST_AUTO_TEST_CASE(other_bounds_hold_at_once) {
  even_pool x{up_to(64)};
  x.pass(60, 320);
  x.uut.limit(up_to(10));
  BOOST_TEST(x.uut.target() == 10u);
  x.uut.limit(up_to(20, 15));
  BOOST_TEST(x.uut.target() == 15u);
  BOOST_TEST(x.pass(1, 320) == 20u);
}

BOOST_AUTO_TEST_CASE(cold_ones_leave_before_idle_ones_before_busy_ones) {
  std::vector<worker_seat> xs{{true, 2, 1}, {true, 0, 2}, {false, 0, 3},
                              {true, 0, 4}, {true, 1, 5}, {false, 0, 6}};
  BOOST_TEST((who_leaves(xs, 6) == std::vector<size_t>{5, 2, 3, 1, 4, 0}));
  BOOST_TEST((who_leaves(xs, 3) == std::vector<size_t>{5, 2, 3}));
  BOOST_TEST(who_leaves(xs, 7).size() == 6u);
  BOOST_TEST(who_leaves({}, 1).empty());
}

// As github.com/ray-project/ray describes it in issue 18925: one worker, jobs
// of a second, five a second. There workers were started for the queue of the
// first, the queues of all were short then, they were stopped, and so on.
BOOST_AUTO_TEST_CASE(a_flood_at_one_worker_does_not_swing) {
  scaling rule{up_to(20), 1};
  bench::simulated_pool uut{{{.99, 1, 1.01}, 3}, 1000, 20, 1};
  uut.begin_with(1);
  uut.run({{5, 300}}, 1, bench::rule_of(rule));
  BOOST_TEST(bench::turns(uut.changes, 0, 300) <= 2); // the queue is done
  BOOST_TEST(holds(uut, 3, 5));
  BOOST_TEST(uut.lost == 0u);
  BOOST_TEST(uut.warm_for_cold == 0u);
}

// Its cause there (pull request 19869): while workers started, what was there
// counted as what was wanted.
BOOST_AUTO_TEST_CASE(those_that_start_are_not_taken_back) {
  auto cfg = up_to(100);
  cfg.service = 1s;
  scaling uut{cfg, 1};
  pool_load x;
  uut.look(0s, x);
  for (auto t = 1s; t < 60s; t += 1s) { // the one does a job a second
    x.arrived += 5, x.finished += 1, x.busy += 1s, x.waiting += 4;
    auto before = uut.target();
    BOOST_TEST(uut.look(t, x) >= before);
    BOOST_TEST(uut.target() >= workers_for(5, .9, 100));
  }
}

// As it is described in issue 43034: workers that start for minutes, more are
// ordered, and fewer right after. There warm ones were stopped.
BOOST_AUTO_TEST_CASE(no_warm_worker_leaves_for_one_that_starts) {
  scaling rule{up_to(30), 8};
  bench::simulated_pool uut{{{.09, .1, .11}, 300}, 1000, 30, 1};
  uut.begin_with(8);
  uut.run({{50, 60}, {150, 10}, {50, 600}}, 1, bench::rule_of(rule));
  auto most
    = std::max_element(uut.changes.begin(), uut.changes.end(),
                       [](auto& a, auto& b) { return a.workers < b.workers; });
  BOOST_TEST(most->workers > 15u);
  BOOST_TEST(most->at < 75);
  BOOST_TEST(uut.changes.back().workers < most->workers);
  BOOST_TEST(uut.warm_for_cold == 0u);
  BOOST_TEST(holds(uut, 0, workers_for(4.5, .9, 30)));
  BOOST_TEST(uut.lost == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
