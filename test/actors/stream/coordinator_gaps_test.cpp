// A keyframe's way, interrupted at each of its messages.

#include "actors/stream/coordinator.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

enum class end : uint8_t {
  dies,        ///< who was asked, at once
  hangs,       ///< who was asked, until it is replaced
  coordinator, ///< who asked
};

/// A camera through good times, an outage and its end.
struct fixture : test::stream_fixture {
  fixture() {
    with_spool();
    live = true;
    endless = true;
    segments = 1;
    regions_found = 1;
    part_bytes = 40'000;
    cfg.pixel_bytes = 1;
    cloud_takes = 10ms;
  }

  void play(end how) {
    start();
    film_through(6, how);
    link(false);
    film_through(6, how);
    link(true);
    film_through(120, how);
  }

  void film_through(uint64_t n, end how) {
    for (; n > 0; --n) {
      film_on(1);
      if (!victims.empty())
        fail(how);
    }
  }

  void fail(end how) {
    may_repeat = true; // an answer that was lost is asked for again
    if (how == end::hangs)
      film_on(50); // ten seconds
    if (how != end::coordinator) {
      films_again = victims.count("camera")
                    > 0; // what it filmed, under new numbers
      return replace_victims();
    }
    victims.clear();
    kill_coordinator();
    asked.clear();
    start();
    link(true);
  }

  bool films_again = false;

  void check() {
    auto x = status();
    BOOST_TEST(x.in_flight == 0u);
    BOOST_TEST(x.spooled == 0u);
    BOOST_TEST(x.improvable == 0u);
    BOOST_TEST(x.outage == "cloud");
    for (auto& [reason, n] : x.dropped)
      BOOST_ERROR(n << " were dropped: " << reason);
    if (!films_again)
      BOOST_TEST(ledger.size() == 2 * segments);
    BOOST_TEST(spool.size() <= 1u); // the newest may go on
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(coordinator_gaps_tests)

BOOST_AUTO_TEST_CASE(no_gap_on_a_keyframe_s_way_loses_it) {
  fixture well;
  well.play(end::dies);
  well.check();
  BOOST_TEST(well.seen.size() >= 14u);
  for (auto& [message, n] : well.seen)
    for (auto after : {false, true})
      for (uint64_t skip : {n > 1 ? uint64_t{1} : 0, n / 2})
        for (auto how : {end::dies, end::hangs, end::coordinator})
          BOOST_TEST_CONTEXT(message << (after ? ", after, " : ", before, ")
                                     << skip << ", " << int(how)) {
            fixture x;
            x.wrong = test::stream_knobs::fault{message, after, skip};
            x.play(how);
            BOOST_TEST(!x.wrong);
            x.check();
          }
}

BOOST_AUTO_TEST_SUITE_END()
