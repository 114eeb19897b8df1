#include "runtime/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(utf8_tests)

BOOST_AUTO_TEST_CASE(characters_have_their_lengths) {
  // RFC 3629, section 4, with the first and last of each row.
  for (std::string x :
       {"a", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    BOOST_TEST(utf8_length(x, 0) == x.size());
    BOOST_TEST(ill_formed_at("ab" + x + "c") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_character_is_found) {
  // Alone, too long, a surrogate, beyond the last, cut off.
  for (std::string x : {"\x80", "\xff", "\xc1\xbf", "\xe0\x9f\xbf",
                        "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    BOOST_TEST(utf8_length(x, 0) == 0u);
    BOOST_TEST(ill_formed_at("\xc3\xa9" + x) == 2u);
  }
  BOOST_TEST(utf8_length("", 0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
