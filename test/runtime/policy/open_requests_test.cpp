#include "runtime/policy/open_requests.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(open_requests_tests)

BOOST_AUTO_TEST_CASE(what_was_asked_is_answered_once) {
  open_requests x;
  x.add(1, 7);
  BOOST_TEST(!x.take(1, 8));
  BOOST_TEST(!x.take(2, 7));
  BOOST_TEST(x.take(1, 7));
  BOOST_TEST(!x.take(1, 7));
  BOOST_TEST(x.size() == 0u);
}

BOOST_AUTO_TEST_CASE(the_oldest_of_too_many_is_forgotten) {
  open_requests x{2};
  x.add(1, 1);
  x.add(1, 2);
  x.add(1, 2);
  x.add(1, 3);
  BOOST_TEST(x.size() == 2u);
  BOOST_TEST(!x.take(1, 1));
  BOOST_TEST(x.take(1, 2));
  BOOST_TEST(x.take(1, 3));
}

BOOST_AUTO_TEST_SUITE_END()
