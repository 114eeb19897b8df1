#include "runtime/policy/credit_window.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

double seconds(caf::timespan x) {
  return std::chrono::duration<double>(x).count();
}

caf::timespan span(double x) {
  return caf::timespan{static_cast<int64_t>(x * 1e9)};
}

/// A sender with endless data before one link: a queue that drains at `rate`
/// bytes a second, then `delay` there and back. One step is one
/// acknowledgement.
struct link_model {
  struct slice {
    uint64_t bytes;
    caf::timespan sent, arrives;
  };

  credit_window uut;
  double rate;
  caf::timespan delay;
  caf::timespan now{1s};
  caf::timespan free_at{0};
  std::deque<slice> flying{};
  uint64_t in_flight = 0;
  uint64_t acked = 0;
  caf::timespan worst_queue{0};

  void fill() {
    for (;;) {
      auto n = uut.slice_bytes();
      if (in_flight + n > uut.window())
        return;
      free_at = std::max(free_at, now) + span(n / rate);
      flying.push_back({n, now, free_at + delay});
      in_flight += n;
    }
  }

  void step() {
    fill();
    BOOST_REQUIRE(!flying.empty());
    auto x = flying.front();
    flying.pop_front();
    now = x.arrives;
    auto rtt = x.arrives - x.sent;
    worst_queue = std::max<caf::timespan>(worst_queue, rtt - delay);
    uut.on_ack(x.bytes, rtt, in_flight, now);
    in_flight -= x.bytes;
    acked += x.bytes;
  }

  void run_for(caf::timespan x) {
    for (auto end = now + x; now < end;)
      step();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(credit_window_tests)

BOOST_AUTO_TEST_CASE(it_fills_every_link_and_keeps_its_queue_short) {
  for (auto mbit : {0.5, 2., 10., 100., 400.}) {
    for (auto delay : {1ms, 20ms, 100ms}) {
      link_model x{credit_window{}, mbit * 1e6 / 8, delay};
      x.run_for(20s);
      x.acked = 0;
      x.worst_queue = 0ms;
      auto from = x.now;
      x.run_for(60s);
      auto used = x.acked / seconds(x.now - from) / x.rate;
      BOOST_TEST_CONTEXT(mbit << " Mbit/s, " << delay.count() << " ms") {
        BOOST_TEST(used > .93);
        BOOST_TEST(seconds(x.worst_queue) < .2);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_first_seconds_do_not_flood_a_slow_link) {
  link_model x{credit_window{}, 10e6 / 8, 20ms};
  x.run_for(3s);
  BOOST_TEST(seconds(x.worst_queue) < .2);
  BOOST_TEST(x.acked / 3. / x.rate > .85);
}

BOOST_AUTO_TEST_CASE(slices_are_small_on_a_slow_link_and_large_on_a_fast_one) {
  link_model slow{credit_window{}, 10e6 / 8, 20ms};
  link_model fast{credit_window{}, 1e9 / 8, 1ms};
  slow.run_for(10s);
  fast.run_for(10s);
  // 15 ms of 1.25 MB/s are 18.75 kB.
  BOOST_TEST(slow.uut.slice_bytes() > 12'000u);
  BOOST_TEST(slow.uut.slice_bytes() < 26'000u);
  BOOST_TEST(fast.uut.slice_bytes() == 64u * 1024);
}

BOOST_AUTO_TEST_CASE(a_path_that_became_longer_is_believed_after_a_while) {
  link_model x{credit_window{}, 10e6 / 8, 20ms};
  x.run_for(10s);
  x.delay = 200ms; // beyond the target: taken for a queue at first
  x.run_for(100s);
  BOOST_TEST((x.uut.min_rtt() >= 200ms));
  x.acked = 0;
  auto from = x.now;
  x.run_for(20s);
  BOOST_TEST(x.acked / seconds(x.now - from) / x.rate > .9);
}

BOOST_AUTO_TEST_CASE(a_sender_with_little_to_send_does_not_earn_credit) {
  credit_window uut;
  uut.on_ack(1000, 10ms, 1000, 20ms); // the first one measures the path
  auto before = uut.window();
  for (int i = 2; i < 1000; ++i)
    uut.on_ack(1000, 10ms, 1000, i * 20ms);
  BOOST_TEST(uut.window() == before);
}

// While the path is being emptied, its last slice may be refused instead of
// acknowledged.
BOOST_AUTO_TEST_CASE(a_path_that_is_emptied_by_a_refusal_is_measured) {
  credit_window uut;
  caf::timespan now = 1s;
  uut.on_ack(2048, 10ms, 2048, now);
  for (int i = 0; i < 4; ++i) // the minimum of the round trip grows old
    uut.on_ack(2048, 20ms, 8192, now += 10s);
  BOOST_REQUIRE(uut.window() == 0u);
  uut.on_gone(2048);
  BOOST_TEST(uut.window() == 0u);
  uut.on_gone(0);
  BOOST_TEST(uut.window() > 0u);
  uut.on_ack(2048, 15ms, 2048, now += 15ms);
  BOOST_TEST((uut.min_rtt() == 15ms));
}

BOOST_AUTO_TEST_CASE(a_timeout_starts_over_with_the_least) {
  link_model x{credit_window{}, 10e6 / 8, 20ms};
  x.run_for(5s);
  BOOST_TEST(x.uut.window() > credit_config{}.initial_window);
  x.uut.on_timeout();
  BOOST_TEST(x.uut.window() == credit_config{}.min_window);
}

BOOST_AUTO_TEST_CASE(whatever_comes_the_window_keeps_its_bounds) {
  std::minstd_rand random{7};
  credit_config cfg;
  credit_window uut{cfg};
  caf::timespan now{0};
  uint64_t in_flight = 0;
  for (int i = 0; i < 100000; ++i) {
    now += caf::timespan{static_cast<int64_t>(random() % 50'000'000)};
    in_flight += random() % cfg.max_slice;
    auto bytes = in_flight == 0 ? 0 : random() % in_flight + 1;
    if (random() % 1000 == 0)
      uut.on_timeout();
    uut.on_ack(bytes, caf::timespan{static_cast<int64_t>(random())}, in_flight,
               now);
    in_flight -= bytes;
    BOOST_REQUIRE(uut.window() <= cfg.max_window);
    BOOST_REQUIRE(uut.slice_bytes() >= cfg.min_slice);
    BOOST_REQUIRE(uut.slice_bytes() <= cfg.max_slice);
    // A sender without anything on its way may always send something.
    if (in_flight == 0)
      BOOST_REQUIRE(uut.window() >= uut.slice_bytes());
  }
}

BOOST_AUTO_TEST_SUITE_END()
