#include "runtime/http/message.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(message_tests)

BOOST_AUTO_TEST_CASE(a_cookie_is_found_by_its_whole_name) {
  http_request x;
  x.headers["cookie"] = "a=1; session=abc; xsession=no;empty=";
  BOOST_TEST(cookie_of(x, "session") == "abc");
  BOOST_TEST(cookie_of(x, "a") == "1");
  BOOST_TEST(cookie_of(x, "empty") == "");
  BOOST_TEST(cookie_of(x, "sess") == "");
  BOOST_TEST(cookie_of({}, "session") == "");
}

BOOST_AUTO_TEST_SUITE_END()
