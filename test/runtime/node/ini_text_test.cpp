#include "runtime/node/ini_text.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

std::string error_of(const std::string& text) {
  auto err = check_ini_keys(text);
  return err ? cause_of(err) : "good";
}

} // namespace

BOOST_AUTO_TEST_SUITE(ini_text_tests)

BOOST_AUTO_TEST_CASE(marks_of_other_systems_are_taken_out) {
  BOOST_TEST(plain_text("\xEF\xBB\xBF[a]\r\nb=1\r\n") == "[a]\nb=1\n");
  BOOST_TEST(plain_text("a\rb\n") == "a\rb\n");
  BOOST_TEST(plain_text("") == "");
}

BOOST_AUTO_TEST_CASE(a_key_stands_once_in_its_group) {
  BOOST_TEST(error_of("[a]\nx=1\n[b]\nx=1\n") == "good");
  BOOST_TEST(error_of("[a]\nx=1\n\n[b]\n[a]\nx = 2")
             == "[a]: \"x\" stands in line 2 and again in line 6; leave out "
                "one");
}

BOOST_AUTO_TEST_CASE(what_only_looks_like_a_key_is_none) {
  BOOST_TEST(error_of("[a]\nx=\"y=1\"\ny=2\n") == "good");
  BOOST_TEST(error_of("[a]\nx=[\ny=1,\ny=2]\ny=3\n") == "good");
  BOOST_TEST(error_of("[a]\nx={ y=1, y=2 }\n; x=1\n") == "good");
  BOOST_TEST(error_of("[a]\nx=\"\\\"[\"\ny=1\nx=2\n")
             == "[a]: \"x\" stands in line 2 and again in line 4; leave out "
                "one");
}

BOOST_AUTO_TEST_SUITE_END()
