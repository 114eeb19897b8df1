#include "runtime/http/path_pattern.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(path_pattern_tests)

BOOST_AUTO_TEST_CASE(names_stand_for_parts) {
  auto x = match_path("/streams/{stream}/video", "/streams/door/video");
  BOOST_REQUIRE(x.has_value());
  BOOST_TEST(x->at("stream") == "door");
  BOOST_TEST(match_path("/streams", "/streams").has_value());
}

BOOST_AUTO_TEST_CASE(other_paths_are_other_paths) {
  auto pattern = "/streams/{stream}";
  for (auto* path : {"/streams", "/streams/", "/streams/a/b", "/stream/a",
                     "streams/a", "", "/", "//streams/a", "/streams//a"})
    BOOST_TEST(!match_path(pattern, path), path);
}

BOOST_AUTO_TEST_SUITE_END()
