#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(error_tests)

BOOST_AUTO_TEST_CASE(an_error_is_rendered_as_its_code_and_its_text) {
  auto x = caf::make_error(ec::io, "failed to read a.mp4: no such file");
  BOOST_TEST(describe(x) == "io: failed to read a.mp4: no such file");
  BOOST_TEST(describe(caf::error{}) == "none");
  BOOST_TEST(describe(caf::sec::request_timeout) == "request_timeout");
}

BOOST_AUTO_TEST_SUITE_END()
