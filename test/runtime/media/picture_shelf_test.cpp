#include "runtime/media/picture_shelf.hpp"

#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

frame grey(uint64_t number) {
  static const std::vector<uint8_t> pixels(16 * 16, 128);
  frame_info info;
  info.number = number;
  auto at = [](int side) { return plane{pixels.data(), side, side, side}; };
  return test::value_of(frame::copy({at(16), at(8), at(8)}, info));
}

} // namespace

BOOST_AUTO_TEST_SUITE(picture_shelf_tests)

BOOST_AUTO_TEST_CASE(beyond_the_bound_the_newest_go_first) {
  auto one = grey(0).bytes();
  picture_shelf uut{2 * one};
  for (auto n : {30u, 0u, 15u})
    uut.put(grey(n));
  BOOST_TEST(bool(uut.get(0)));
  BOOST_TEST(bool(uut.get(15)));
  BOOST_TEST(!uut.get(30));
  BOOST_TEST(uut.evicted() == 1u);
  BOOST_TEST(uut.bytes() == 2 * one);
  BOOST_TEST(uut.full());
}

BOOST_AUTO_TEST_CASE(what_is_dropped_makes_room) {
  auto one = grey(0).bytes();
  picture_shelf uut{2 * one};
  uut.put(grey(0));
  uut.put(grey(0)); // once more
  uut.put(grey(15));
  BOOST_TEST(uut.bytes() == 2 * one);
  uut.drop(0);
  uut.drop(0);
  BOOST_TEST(uut.bytes() == one);
  uut.put(grey(30));
  BOOST_TEST(bool(uut.get(30)));
  BOOST_TEST(uut.evicted() == 0u);
}

BOOST_AUTO_TEST_CASE(one_is_held_whatever_its_size) {
  picture_shelf uut{1};
  uut.put(grey(15));
  BOOST_TEST(bool(uut.get(15)));
  uut.put(grey(0));
  BOOST_TEST(bool(uut.get(0)));
  BOOST_TEST(!uut.get(15));
}

BOOST_AUTO_TEST_SUITE_END()
