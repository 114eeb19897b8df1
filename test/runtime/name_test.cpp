#include "runtime/name.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(name_tests)

BOOST_AUTO_TEST_CASE(a_name_is_a_file_name_that_can_be_typed) {
  for (auto x : {"a", "fog-1", "cam_2.left", "7"})
    BOOST_TEST(is_name(x), x);
  for (auto x : {"", ".", "..", ".a", "a b", "a/b", "../x", "a\nb", "a\x1b[2J",
                 "t\xc3\xbcr"})
    BOOST_TEST(!is_name(x), x);
  BOOST_TEST(is_name(std::string(64, 'x')));
  BOOST_TEST(!is_name(std::string(65, 'x')));
}

BOOST_AUTO_TEST_SUITE_END()
