#include "runtime/policy/line_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(line_limit_tests)

BOOST_AUTO_TEST_CASE(the_first_few_of_a_period_are_written) {
  line_limit x{2, 10s};
  BOOST_TEST(x.pass("a", 0s).value() == 0u);
  BOOST_TEST(x.pass("a", 1s).value() == 0u);
  BOOST_TEST(!x.pass("a", 2s));
  BOOST_TEST(!x.pass("a", 9s));
}

BOOST_AUTO_TEST_CASE(the_next_period_says_how_many_were_left_out) {
  line_limit x{1, 10s};
  x.pass("a", 0s);
  x.pass("a", 1s);
  x.pass("a", 2s);
  BOOST_TEST(x.pass("a", 10s).value() == 2u);
  BOOST_TEST(x.pass("a", 20s).value() == 0u);
}

BOOST_AUTO_TEST_CASE(one_subject_does_not_silence_another) {
  line_limit x{1, 10s};
  x.pass("a", 0s);
  BOOST_TEST(!x.pass("a", 0s));
  BOOST_TEST(x.pass("b", 0s).has_value());
}

BOOST_AUTO_TEST_CASE(subjects_that_others_make_up_take_no_memory) {
  line_limit x{1, 10s, 3};
  for (auto i = 0; i < 1000; ++i)
    BOOST_TEST(x.pass(std::to_string(i), 0s).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
