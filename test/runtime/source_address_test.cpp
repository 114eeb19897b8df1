#include "runtime/source_address.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(source_address_tests)

BOOST_AUTO_TEST_CASE(a_scheme_stands_before_a_colon_and_two_slashes) {
  BOOST_TEST(source_address{"RTSP://10.0.0.1/a"}.scheme() == "rtsp");
  for (auto* path : {"rtsp_recording.mp4", "23:59:59.mp4", "a:b", "/a/b://c",
                     "://a", "1a://b", ""})
    BOOST_TEST(source_address{path}.scheme() == "", path);
}

BOOST_AUTO_TEST_CASE(passwords_and_tokens_are_not_shown) {
  struct {
    const char *in, *out;
  } rows[]
    = {{"rtsp://joe:pw@h/a", "rtsp://joe:***@h/a"},
       {"rtsp://joe:p@w@h:554/a", "rtsp://joe:***@h:554/a"},
       {"rtsp://joe:p/w@h/a", "rtsp://joe:***@h/a"},
       {"http://h/a?user=joe&password=x", "http://h/a?user=joe&password=***"},
       {"http://h/a?api_key=x#b", "http://h/a?api_key=***#b"},
       {"failed: rtsp://a:b@c/d (tcp://a:b@c:1): no", nullptr},
       {"rtsp://joe@h/a", "rtsp://joe@h/a"},
       {"http://h:8080/a@2x.jpg", "http://h:8080/a@2x.jpg"},
       {"no address at all: a:b@c", "no address at all: a:b@c"}};
  for (auto& x : rows) {
    auto out = without_secrets(x.in);
    if (x.out)
      BOOST_TEST(out == x.out);
    else
      BOOST_TEST(out.find("a:b@") == std::string::npos, out);
  }
  std::ostringstream out;
  out << source_address{"rtsp://joe:pw@h/a"};
  BOOST_TEST(out.str() == "rtsp://joe:***@h/a");
  BOOST_TEST(source_address{"rtsp://joe:pw@h/a"}.whole()
             == "rtsp://joe:pw@h/a");
}

BOOST_AUTO_TEST_SUITE_END()
