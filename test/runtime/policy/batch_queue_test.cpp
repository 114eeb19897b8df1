#include "runtime/policy/batch_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

using time_point = std::chrono::steady_clock::time_point;

struct fixture {
  time_point start{};
  batch_queue<std::string, time_point> uut{{4, 20ms}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(batch_queue_tests, fixture)

BOOST_AUTO_TEST_CASE(an_empty_queue_is_never_due) {
  BOOST_TEST(!uut.ready(start + 1h));
  BOOST_TEST(!uut.due().has_value());
}

BOOST_AUTO_TEST_CASE(a_lone_item_waits_for_the_delay) {
  uut.push("a", 1, start);
  BOOST_TEST(!uut.ready(start + 19ms));
  BOOST_TEST(uut.ready(start + 20ms));
  BOOST_TEST((*uut.due() == start + 20ms));
}

BOOST_AUTO_TEST_CASE(a_full_batch_leaves_at_once_and_in_order) {
  for (auto x : {"a", "b", "c", "d", "e"})
    uut.push(x, 1, start);
  BOOST_TEST(uut.ready(start));
  BOOST_TEST(uut.take() == (std::vector<std::string>{"a", "b", "c", "d"}),
             boost::test_tools::per_element());
  BOOST_TEST(uut.waiting() == 1u);
  BOOST_TEST(!uut.ready(start)); // the fifth begins its own delay
}

BOOST_AUTO_TEST_CASE(the_delay_is_that_of_the_oldest_left) {
  uut.push("a", 4, start);
  uut.push("b", 1, start + 10ms);
  uut.take();
  BOOST_TEST((*uut.due() == start + 30ms));
}

BOOST_AUTO_TEST_CASE(weights_fill_a_batch) {
  uut.push("a", 3, start);
  BOOST_TEST(!uut.ready(start));
  uut.push("b", 3, start);
  BOOST_TEST(uut.ready(start));
  BOOST_TEST(uut.take().size() == 1u); // both would be 6
  BOOST_TEST(uut.waiting() == 3u);
}

BOOST_AUTO_TEST_CASE(an_item_above_the_limit_leaves_alone) {
  uut.push("a", 100, start);
  uut.push("b", 1, start);
  BOOST_TEST(uut.take().size() == 1u);
  BOOST_TEST(uut.take().front() == "b");
  BOOST_TEST(uut.empty());
}

BOOST_AUTO_TEST_SUITE_END()
