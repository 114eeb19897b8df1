#include "runtime/policy/access.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

visitor who_sees(std::vector<std::string> cameras) {
  visitor result;
  result.cameras = std::move(cameras);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_tests)

BOOST_AUTO_TEST_CASE(no_list_is_all_cameras) {
  BOOST_TEST(sees(who_sees({}), "door"));
  BOOST_TEST(sees_all(who_sees({})));
  BOOST_TEST(!sees_all(who_sees({"*"})));
}

BOOST_AUTO_TEST_CASE(a_name_is_one_camera_and_a_star_many) {
  auto x = who_sees({"door", "yard*"});
  BOOST_TEST(sees(x, "door"));
  BOOST_TEST(!sees(x, "door2"));
  BOOST_TEST(!sees(x, "doo"));
  BOOST_TEST(sees(x, "yard"));
  BOOST_TEST(sees(x, "yard-west"));
  BOOST_TEST(!sees(x, "yar"));
  BOOST_TEST(!sees(x, ""));
}

BOOST_AUTO_TEST_CASE(actors_of_a_camera_are_as_it_is) {
  auto x = who_sees({"door"});
  BOOST_TEST(sees_actor(x, "streams/door"));
  BOOST_TEST(sees_actor(x, "streams/door/coordinator"));
  BOOST_TEST(sees_actor(x, "cameras/door"));
  BOOST_TEST(!sees_actor(x, "streams/yard/coordinator"));
  BOOST_TEST(!sees_actor(x, "cameras/yard"));
  BOOST_TEST(!sees_actor(x, "streams/door-2"));
  BOOST_TEST(sees_actor(x, "streams"));
  BOOST_TEST(sees_actor(x, "cloud_link"));
}

BOOST_AUTO_TEST_SUITE_END()
