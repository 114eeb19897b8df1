#include "actors/cloud/part_lines.hpp"

#include "messages/part_key.hpp"
#include "support/expect.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using time_point = part_lines::time_point;

/// A part of one frame; without bytes they come by themselves.
chunk part(const std::string& stream, uint16_t number, size_t bytes) {
  chunk result;
  result.stream = stream;
  result.seq = 30;
  result.part = number;
  result.frames.push_back({uint64_t{30} + number, 100, 0, {}, false});
  result.bytes = blob{blob::buffer(bytes, 1)};
  return result;
}

delivery bytes_of(const std::string& stream, uint16_t number,
                  size_t bytes = 100) {
  return {bytes_key(part(stream, number, 0)), blob{blob::buffer(bytes, 1)}};
}

struct fixture {
  part_lines uut;
  time_point start{};
  uint64_t last_ticket = 0;

  ~fixture() {
    BOOST_TEST(uut.came() == uut.claimed() + uut.dropped() + uut.unclaimed());
    if (uut.waiting() + uut.unclaimed() == 0) {
      BOOST_TEST(uut.bytes() == 0u);
      BOOST_TEST(!uut.next_due());
    }
  }

  void push(const chunk& x, caf::timespan at = 0s) {
    BOOST_TEST(!test::value_of(uut.push(++last_ticket, x, start + at)));
  }

  static std::vector<uint64_t>
  tickets(const std::vector<part_lines::entry>& xs) {
    std::vector<uint64_t> result;
    result.reserve(xs.size());
    for (auto& x : xs)
      result.push_back(x.ticket);
    return result;
  }

  using list = std::vector<uint64_t>;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(part_lines_tests, fixture)

BOOST_AUTO_TEST_CASE(a_key_says_stream_part_attempt_and_chunk) {
  auto x = part("yard/cam", 2, 0);
  x.attempt = 7;
  auto key = bytes_key(x);
  BOOST_TEST(key.stream == "yard/cam/2#7");
  BOOST_TEST(stream_of(key) == "yard/cam");
  BOOST_TEST(key.seq == 30u);
}

BOOST_AUTO_TEST_CASE(a_part_with_its_bytes_goes_at_once) {
  push(part("a", 0, 100));
  BOOST_TEST(tickets(uut.take("a")) == list{1},
             boost::test_tools::per_element());
  BOOST_TEST(uut.take("a").empty());
}

BOOST_AUTO_TEST_CASE(parts_can_be_withdrawn) {
  push(part("a", 0, 0));
  push(part("a", 1, 100));
  push(part("a", 2, 100));
  push(part("b", 0, 0));
  BOOST_TEST(tickets(uut.withdraw({1, 2, 4, 17})) == (list{1, 2, 4}),
             boost::test_tools::per_element());
  BOOST_TEST(uut.bytes() == 100u);
  BOOST_TEST(tickets(uut.take("a")) == list{3},
             boost::test_tools::per_element());
  BOOST_TEST(uut.waiting() == 0u);
}

BOOST_AUTO_TEST_CASE(who_waits_for_bytes_holds_up_its_own_stream_only) {
  push(part("a", 0, 0));
  push(part("a", 1, 100));
  push(part("b", 0, 100));
  BOOST_TEST(uut.take("a").empty());
  BOOST_TEST(tickets(uut.take("b")) == list{3},
             boost::test_tools::per_element());
  BOOST_TEST(!uut.deliver(bytes_of("a", 0), start));
  auto out = uut.take("a");
  BOOST_TEST(tickets(out) == (list{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(out[0].part.bytes.size() == 100u);
}

BOOST_AUTO_TEST_CASE(bytes_of_several_parts_come_in_any_order) {
  for (uint32_t i = 0; i < 3; ++i)
    push(part("a", i, 0));
  BOOST_TEST(!uut.deliver(bytes_of("a", 2), start));
  BOOST_TEST(!uut.deliver(bytes_of("a", 1), start));
  BOOST_TEST(uut.take("a").empty());
  BOOST_TEST(uut.bytes() == 200u);
  BOOST_TEST(!uut.deliver(bytes_of("a", 0), start));
  BOOST_TEST(tickets(uut.take("a")) == (list{1, 2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(bytes_that_come_first_are_kept) {
  BOOST_TEST(!uut.deliver(bytes_of("a", 0, 70), start));
  BOOST_TEST(!uut.deliver(bytes_of("a", 0, 80), start)); // a repetition
  BOOST_TEST(uut.unclaimed() == 1u);
  BOOST_TEST(uut.dropped() == 1u);
  push(part("a", 0, 0));
  auto out = uut.take("a");
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].part.bytes.size() == 80u);
  BOOST_TEST(uut.claimed() == 1u);
}

BOOST_AUTO_TEST_CASE(patience_ends_for_parts_and_for_bytes) {
  uut.limit({64, 1000, 10s});
  push(part("a", 0, 0), 0s);
  push(part("a", 1, 100), 1s);
  push(part("a", 2, 0), 4s);
  BOOST_TEST(!uut.deliver(bytes_of("b", 0), start + 6s));
  BOOST_TEST((*uut.next_due() == start + 10s));
  BOOST_TEST(uut.expire(start + 9s).empty());
  BOOST_TEST(tickets(uut.expire(start + 10s)) == list{1},
             boost::test_tools::per_element());
  BOOST_TEST(tickets(uut.take("a")) == list{2},
             boost::test_tools::per_element());
  BOOST_TEST((*uut.next_due() == start + 14s));
  BOOST_TEST(tickets(uut.expire(start + 14s)) == list{3},
             boost::test_tools::per_element());
  BOOST_TEST(uut.unclaimed() == 1u);
  BOOST_TEST(uut.expire(start + 16s).empty());
  BOOST_TEST(uut.unclaimed() == 0u);
  BOOST_TEST(uut.dropped() == 1u);
}

BOOST_AUTO_TEST_CASE(oldest_unclaimed_bytes_make_room) {
  uut.limit({64, 250, 10s});
  for (uint32_t i = 0; i < 3; ++i)
    BOOST_TEST(!uut.deliver(bytes_of("a", i), start));
  BOOST_TEST(uut.unclaimed() == 2u);
  BOOST_TEST(uut.dropped() == 1u);
  push(part("a", 0, 0)); // its bytes are gone
  push(part("a", 1, 0));
  BOOST_TEST(uut.claimed() == 1u);
  BOOST_TEST(uut.take("a").empty());
  BOOST_TEST((uut.deliver(bytes_of("a", 7, 251), start) == ec::overload));
  BOOST_TEST(uut.bytes() == 100u);
}

BOOST_AUTO_TEST_CASE(a_line_and_the_memory_of_all_lines_are_bounded) {
  uut.limit({2, 150, 10s});
  push(part("a", 0, 0));
  push(part("a", 1, 100));
  auto refused = uut.push(9, part("a", 2, 10), start);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::overload));
  refused = uut.push(9, part("b", 0, 100), start);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::overload));
  BOOST_TEST(uut.waiting() == 2u);
}

BOOST_AUTO_TEST_CASE(the_same_part_takes_the_place_of_the_one_that_waits) {
  push(part("a", 0, 0));
  push(part("a", 1, 100));
  auto before = test::value_of(uut.push(7, part("a", 0, 100), start));
  BOOST_REQUIRE(before.has_value());
  BOOST_TEST(*before == 1u);
  BOOST_TEST(tickets(uut.take("a")) == (list{7, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(another_attempt_has_bytes_of_its_own) {
  auto late = bytes_of("a", 0, 70);
  push(part("a", 0, 0));
  auto again = part("a", 0, 0);
  again.attempt = 1;
  BOOST_TEST(test::value_of(uut.push(7, again, start)).has_value());
  BOOST_TEST(!uut.deliver(late, start));
  BOOST_TEST(uut.take("a").empty());
  BOOST_TEST(!uut.deliver({bytes_key(again), blob{blob::buffer(80)}}, start));
  auto out = uut.take("a");
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].part.bytes.size() == 80u);
  BOOST_TEST(uut.dropped() == 0u);
}

BOOST_AUTO_TEST_CASE(keys_that_name_no_part_match_none) {
  push(part("a", 0, 0));
  for (auto key : {"a", "a/", "a/0x", "a/-1", "a/99999999999", "/0", ""})
    BOOST_TEST(!uut.deliver({{key, 30}, blob{{1}}}, start));
  BOOST_TEST(!uut.deliver({{"a/0", 31}, blob{{1}}}, start));
  BOOST_TEST(uut.claimed() == 0u);
  BOOST_TEST(uut.unclaimed() == 8u);
}

BOOST_AUTO_TEST_SUITE_END()
