#include "runtime/policy/admission.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

constexpr admission_limits few{4, 2, 5s};

} // namespace

BOOST_AUTO_TEST_SUITE(admission_tests)

BOOST_AUTO_TEST_CASE(there_is_room_until_the_limit) {
  admission x{few};
  BOOST_TEST(!x.enter(1, "a", 0s));
  BOOST_TEST(!x.enter(2, "a", 0s));
  BOOST_TEST(!x.enter(3, "b", 0s));
  BOOST_TEST(!x.enter(4, "c", 0s));
  BOOST_TEST(x.size() == 4u);
}

BOOST_AUTO_TEST_CASE(an_address_over_its_share_loses_its_own_oldest) {
  admission x{few};
  x.enter(1, "a", 1s);
  x.enter(2, "a", 2s);
  BOOST_TEST(x.enter(3, "a", 3s).value() == 1);
  BOOST_TEST(x.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_full_port_takes_from_the_address_that_holds_most) {
  admission x{few};
  x.enter(1, "honest", 0s);
  x.enter(2, "greedy", 1s);
  x.enter(3, "greedy", 2s);
  x.enter(4, "other", 3s);
  BOOST_TEST(x.enter(5, "newcomer", 4s).value() == 2);
  BOOST_TEST(x.size() == 4u);
}

BOOST_AUTO_TEST_CASE(who_proved_itself_makes_room) {
  admission x{few};
  x.enter(1, "a", 0s);
  x.enter(2, "a", 0s);
  x.leave(1);
  BOOST_TEST(!x.enter(3, "a", 1s));
}

BOOST_AUTO_TEST_CASE(who_says_nothing_for_long_is_late_once) {
  admission x{few};
  x.enter(1, "a", 0s);
  x.enter(2, "b", 1s);
  BOOST_TEST(x.take_late(4999ms).empty());
  BOOST_TEST(x.take_late(5s) == std::vector<int>{1},
             boost::test_tools::per_element());
  BOOST_TEST(x.take_late(5s).empty());
  BOOST_TEST(x.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
