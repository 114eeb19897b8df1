#include "runtime/policy/link_meter.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(link_meter_tests)

BOOST_AUTO_TEST_CASE(what_was_answered_lately_counts) {
  link_meter uut;
  BOOST_TEST(uut.answered_kbit_s(10s) == 0);
  uut.sent(1, 1000, 10s);
  uut.sent(2, 500, 10s);
  BOOST_TEST(uut.under_way_kbit() == 12);
  uut.ended(1, true, 12s);
  BOOST_TEST(uut.under_way_kbit() == 4);
  BOOST_TEST(uut.answered_kbit_s(12s) == 4); // 8 kbit in 2 s
  BOOST_TEST(uut.answered_kbit_s(15s) == 2); // in the window of 4 s
  BOOST_TEST(uut.answered_kbit_s(16s) == 0);
}

BOOST_AUTO_TEST_CASE(what_failed_is_no_longer_under_way) {
  link_meter uut;
  uut.sent(1, 1000, 1s);
  uut.ended(1, false, 2s);
  uut.ended(1, true, 2s); // late
  uut.ended(7, true, 2s); // nobody sent it
  BOOST_TEST(uut.under_way_kbit() == 0);
  BOOST_TEST(uut.answered_kbit_s(3s) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
