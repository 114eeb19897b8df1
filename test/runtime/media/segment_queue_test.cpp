#include "runtime/media/segment_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

// A part of ten frames, a hundred bytes.
segment part_of(uint64_t number, uint32_t part) {
  segment x;
  x.number = number;
  x.part = part;
  x.packets.resize(10);
  x.bytes = blob{blob::buffer(100)};
  return x;
}

bool balanced(const segment_queue& x) {
  auto& c = x.counters();
  return c.received == c.forwarded + c.overflowed + c.incomplete + c.waiting;
}

} // namespace

BOOST_AUTO_TEST_SUITE(segment_queue_tests)

BOOST_AUTO_TEST_CASE(a_part_stays_until_it_is_acknowledged) {
  segment_queue uut{{}};
  uut.push(part_of(1, 0), true);
  uut.push(part_of(1, 1), true);
  BOOST_TEST(uut.send().part == 0u);
  BOOST_TEST(uut.send().part == 0u);
  uut.acknowledge({1, 0});
  BOOST_TEST(uut.send().part == 1u);
  BOOST_TEST(uut.counters().forwarded == 10u);
  uut.acknowledge({1, 0}); // an old one changes nothing
  BOOST_TEST(uut.counters().waiting == 10u);
}

BOOST_AUTO_TEST_CASE(a_live_source_loses_its_oldest_segment_whole) {
  segment_queue uut{{1000, 4}};
  for (uint64_t n : {1, 2})
    for (uint32_t p : {0, 1})
      uut.push(part_of(n, p), true);
  uut.push(part_of(3, 0), true);
  BOOST_TEST(uut.counters().overflowed == 20u);
  BOOST_TEST(uut.send().number == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_is_kept_and_the_rest_of_it_dropped) {
  segment_queue uut{{1000, 2}};
  uut.push(part_of(1, 0), true);
  uut.send();
  uut.push(part_of(1, 1), true);
  uut.push(part_of(1, 2), true);
  BOOST_TEST(uut.counters().overflowed == 20u);
  uut.push(part_of(1, 3), true);
  BOOST_TEST(uut.counters().incomplete == 10u);
  uut.push(part_of(2, 0), true);
  uut.acknowledge({1, 0});
  BOOST_TEST(uut.send().number == 2u);
  BOOST_TEST(balanced(uut));
}

BOOST_AUTO_TEST_CASE(a_file_is_never_dropped_but_says_that_it_is_full) {
  segment_queue uut{{250, 100}};
  for (uint64_t n = 1; n < 5; ++n)
    uut.push(part_of(n, 0), false);
  BOOST_TEST(uut.full());
  BOOST_TEST(uut.counters().waiting == 40u);
  uut.acknowledge({3, 0});
  BOOST_TEST(!uut.full());
}

BOOST_AUTO_TEST_CASE(the_law_holds_whatever_happens) {
  std::mt19937 random{1};
  segment_queue uut{{1000, 5}};
  uint64_t number = 1;
  uint32_t part = 0;
  segment_key sent;
  for (int i = 0; i < 10000; ++i) {
    switch (random() % 4) {
      case 0:
        uut.push(part_of(++number, part = 0), true);
        break;
      case 1:
        uut.push(part_of(number, ++part), true);
        break;
      case 2:
        if (!uut.empty())
          sent = key_of(uut.send());
        break;
      default:
        uut.acknowledge(sent);
    }
    BOOST_REQUIRE(balanced(uut));
    BOOST_REQUIRE(uut.counters().waiting <= 60u);
  }
  BOOST_TEST(uut.counters().overflowed > 0u);
  BOOST_TEST(uut.counters().incomplete > 0u);
  BOOST_TEST(uut.counters().forwarded > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
