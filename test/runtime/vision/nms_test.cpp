#include "runtime/vision/nms.hpp"

#include "runtime/vision/iou.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

// The textbook loop, which the vectorised one has to agree with.
std::vector<uint32_t> plain_nms(const std::vector<box>& boxes,
                                const std::vector<float>& scores, float limit) {
  std::vector<uint32_t> order(boxes.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = uint32_t(i);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return scores[a] > scores[b];
  });
  std::vector<uint32_t> kept;
  for (auto i : order)
    if (std::none_of(kept.begin(), kept.end(), [&](uint32_t k) {
          return iou(boxes[i], boxes[k]) > limit;
        }))
      kept.push_back(i);
  return kept;
}

} // namespace

BOOST_AUTO_TEST_SUITE(nms_tests)

BOOST_AUTO_TEST_CASE(iou_is_the_shared_area_by_the_whole) {
  box a{0, 0, 2, 2};
  BOOST_TEST(iou(a, a) == 1);
  BOOST_TEST(iou(a, {1, 0, 3, 2}) == 2.f / 6);
  BOOST_TEST(iou(a, {2, 0, 3, 2}) == 0); // they share an edge
  BOOST_TEST(iou({}, {}) == 0);
}

BOOST_AUTO_TEST_CASE(iou_does_not_depend_on_the_units_of_an_axis) {
  BOOST_TEST(iou({0, 0, 2, 2}, {1, 1, 3, 3})
             == iou({0, 0, 20, 2}, {10, 1, 30, 3}));
}

BOOST_AUTO_TEST_CASE(the_better_of_two_that_overlap_stays) {
  std::vector<box> boxes{{0, 0, 10, 10}, {1, 0, 11, 10}, {20, 0, 30, 10}};
  auto kept = nms(boxes, {.5f, .9f, .7f}, .5f);
  BOOST_TEST(kept == (std::vector<uint32_t>{1, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_box_that_was_suppressed_suppresses_none) {
  // Neighbours overlap by 6/14 = 0.43, the outer two by 2/18 only.
  std::vector<box> boxes{{0, 0, 10, 1}, {4, 0, 14, 1}, {8, 0, 18, 1}};
  auto kept = nms(boxes, {.9f, .8f, .7f}, .4f);
  BOOST_TEST(kept == (std::vector<uint32_t>{0, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_overlap_of_exactly_the_limit_stays) {
  BOOST_TEST(nms({{0, 0, 2, 1}, {1, 0, 3, 1}}, {.9f, .8f}, 1.f / 3).size()
             == 2u);
}

BOOST_AUTO_TEST_CASE(many_random_boxes_agree_with_the_textbook_loop) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> at(0, 1), extent(0, .3f);
  for (size_t n : {0, 1, 17, 400}) {
    std::vector<box> boxes;
    std::vector<float> scores;
    for (size_t i = 0; i < n; ++i) {
      auto x = at(random), y = at(random);
      boxes.push_back({x, y, x + extent(random), y + extent(random)});
      scores.push_back(std::floor(at(random) * 50) / 50); // with equal ones
    }
    for (auto limit : {.1f, .5f, .9f})
      BOOST_TEST(nms(boxes, scores, limit) == plain_nms(boxes, scores, limit),
                 boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(boxes_of_different_labels_leave_each_other_alone) {
  std::vector<detection> xs{{{0, 0, 1, 1}, 1, .6f, 0},
                            {{0, 0, 1, 1}, 2, .9f, 0},
                            {{0, 0, 1, 1}, 1, .7f, 0}};
  auto kept = nms_by_label(xs, .5f);
  BOOST_REQUIRE(kept.size() == 2u);
  BOOST_TEST(kept[0].score == .9f);
  BOOST_TEST(kept[1].score == .7f);
  BOOST_TEST(nms_by_label(xs, .5f, 1).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
