#include "runtime/policy/result_lane.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

using numbers = std::vector<uint64_t>;

struct fixture {
  result_lane uut;

  void answer(uint64_t frame, answer_turn t = answer_turn::first) {
    frame_result x;
    x.frame = frame;
    x.revision = t == answer_turn::in_time ? 7 : 0;
    uut.answer(x, t);
  }

  numbers take() {
    numbers result;
    for (auto& x : uut.take())
      result.push_back(x.frame);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(result_lane_tests, fixture)

BOOST_AUTO_TEST_CASE(live_ones_come_out_in_order) {
  BOOST_TEST(uut.begin(0));
  BOOST_TEST(uut.begin(15));
  BOOST_TEST(!uut.begin(15));
  answer(15);
  BOOST_TEST(take() == numbers{});
  BOOST_TEST(uut.size() == 2u);
  answer(0);
  BOOST_TEST((take() == numbers{0, 15}));
  BOOST_TEST(uut.out() == 2u);
  uut.back();
  BOOST_TEST(uut.out() == 1u);
  BOOST_TEST(uut.size() == 0u);
}

BOOST_AUTO_TEST_CASE(those_from_disk_and_better_ones_come_out_at_once) {
  uut.begin(0);
  answer(15, answer_turn::late);
  answer(30, answer_turn::revision);
  BOOST_TEST((take() == numbers{15, 30}));
  BOOST_TEST(uut.out() == 0u);
  BOOST_TEST(uut.waits(0));
}

BOOST_AUTO_TEST_CASE(a_better_one_in_time_takes_the_place_of_the_first) {
  uut.begin(0);
  uut.begin(15);
  answer(15);
  BOOST_TEST(uut.holds(15));
  answer(15, answer_turn::in_time);
  answer(0);
  auto xs = uut.take();
  BOOST_REQUIRE(xs.size() == 2u);
  BOOST_TEST(xs[1].revision == 7u);
}

BOOST_AUTO_TEST_CASE(one_that_is_dropped_holds_nobody_up) {
  uut.begin(0);
  uut.begin(15);
  answer(15);
  BOOST_TEST(uut.drop(0));
  BOOST_TEST(!uut.drop(0));
  BOOST_TEST((take() == numbers{15}));
  BOOST_TEST(uut.settled_below() == 16u);
  BOOST_TEST(uut.waiting() == numbers{});
}

BOOST_AUTO_TEST_SUITE_END()
