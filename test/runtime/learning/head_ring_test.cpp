#include "runtime/learning/head_ring.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

one_vs_all plain(float weight, float bias) {
  one_vs_all result;
  result.kind = head_kind::relu;
  result.dimensions = 1;
  result.classes = {"car"};
  result.thresholds = {.5f};
  result.weights = {weight, bias};
  return result;
}

taught_crop crop(const std::string& label, float feature) {
  taught_crop result;
  result.label = label;
  result.features = {feature};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(head_ring_tests)

// Features are of length one: rows are (1, 1) for a car and (-1, 1) for none.
// Snapshots (1, 0) and (0, 1) say w x = (1, -1) and (1, 1). Without the ridge
// the shares are those that say 1 and 0: a half each.
BOOST_AUTO_TEST_CASE(shares_are_those_of_least_squares) {
  head_ring ring{plain(1, 0), plain(0, 1)};
  auto found = combine(ring, {crop("car", 3), crop("", -2)}, 1e-6f);
  BOOST_TEST(found.weights[0] == .5f, tt::tolerance(1e-4f));
  BOOST_TEST(found.weights[1] == .5f, tt::tolerance(1e-4f));
  // By hand, ridge 2: (2 + 2) a = (1, 1 + 2).
  found = combine(ring, {crop("car", 3), crop("", -2)}, 2);
  BOOST_TEST(found.weights[0] == .25f, tt::tolerance(1e-4f));
  BOOST_TEST(found.weights[1] == .75f, tt::tolerance(1e-4f));
}

BOOST_AUTO_TEST_CASE(one_snapshot_or_no_lesson_is_the_newest) {
  BOOST_TEST((combine({plain(1, 2)}, {crop("car", 1)}).weights
              == std::vector<float>{1, 2}));
  BOOST_TEST((combine({plain(3, 4), plain(1, 2)}, {}).weights
              == std::vector<float>{1, 2}));
  auto other = plain(3, 4);
  other.classes = {"van"};
  BOOST_TEST((combine({other, plain(1, 2)}, {crop("car", 1)}).weights
              == std::vector<float>{1, 2}));
}

BOOST_AUTO_TEST_CASE(heads_of_few_lessons_are_better_together) {
  test::toy_crops world{11, 24, 1.2f};
  const std::vector<std::string> all{"car", "van", "walker", ""};
  auto first = world.silent_heads({"car", "van", "walker"});
  head_ring ring;
  double alone = 0;
  auto unseen = world.crops(all, 200);
  for (int i = 0; i < 4; ++i) {
    ring.push_back(learn(first, world.crops(all, 5)));
    alone += test::accuracy(ring.back(), unseen) / 4;
  }
  auto together = test::accuracy(combine(ring, world.crops(all, 20)), unseen);
  BOOST_TEST_MESSAGE("alone " << alone << ", together " << together);
  BOOST_TEST(together > alone);
}

BOOST_AUTO_TEST_SUITE_END()
