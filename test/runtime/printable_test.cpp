#include "runtime/printable.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(printable_tests)

BOOST_AUTO_TEST_CASE(nothing_steers_a_terminal) {
  BOOST_TEST(printable("a\x1b[2Jb\nc\x7f") == "a?[2Jb?c?");
  BOOST_TEST(printable("\xc2\x9b"
                       "31m")
             == "??31m"); // U+009B, CSI in one character
}

BOOST_AUTO_TEST_CASE(text_of_any_language_stays) {
  BOOST_TEST(printable("T\xc3\xbcr \xe9\x96\x80 \xc2\xb5")
             == "T\xc3\xbcr \xe9\x96\x80 \xc2\xb5");
}

BOOST_AUTO_TEST_SUITE_END()
