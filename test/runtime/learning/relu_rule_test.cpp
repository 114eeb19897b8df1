#include "runtime/learning/relu_rule.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

const std::vector<std::string> classes{"car", "van", "walker"};

/// Heads of kind `relu` that start from the mean feature of each class.
one_vs_all started(test::toy_crops& from) {
  one_vs_all none;
  none.kind = head_kind::relu;
  none.dimensions = 24;
  return with_classes_of(none, from.crops(classes, 3));
}

void teach(one_vs_all& heads, const std::vector<taught_crop>& xs, float rate) {
  auto rows = rows_of(heads, xs);
  auto width = heads.width();
  for (int round = 0; round < 20; ++round)
    for (size_t i = 0; i < xs.size(); ++i)
      for (size_t k = 0; k < heads.classes.size(); ++k)
        relu_step(heads.weights.data() + k * width, rows.data() + i * width,
                  width, xs[i].label == heads.classes[k], rate);
}

} // namespace

BOOST_AUTO_TEST_SUITE(relu_rule_tests)

BOOST_AUTO_TEST_CASE(a_step_raises_the_true_class_and_lowers_the_others) {
  float x[] = {.6f, .8f}, w[] = {.5f, .25f};
  relu_step(w, x, 2, true, .1f); // w x = .5
  BOOST_TEST(w[0] == .62f, tt::tolerance(1e-5f));
  BOOST_TEST(w[1] == .41f, tt::tolerance(1e-5f));
  float v[] = {.5f, .25f};
  relu_step(v, x, 2, false, .1f);
  BOOST_TEST(v[0] == .38f, tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(what_is_cut_by_the_relu_is_not_pushed_on) {
  float x[] = {1}, high[] = {1.5f}, low[] = {-.5f}, zero[] = {0};
  relu_step(high, x, 1, true, .1f);
  relu_step(low, x, 1, false, .1f);
  BOOST_TEST(high[0] == 1.5f);
  BOOST_TEST(low[0] == -.5f);
  relu_step(zero, x, 1, true, .1f); // without the cut of 1 / (w x): never
  BOOST_TEST(zero[0] == .5f);
}

// Eq. 5 lacks the minus sign of cross-entropy, so that Eq. 8 goes the other
// way: the same step with a negative rate.
BOOST_AUTO_TEST_CASE(the_sign_as_printed_teaches_the_opposite) {
  test::toy_crops world{3};
  auto heads = started(world);
  auto lessons = world.crops(classes, 20), unseen = world.crops(classes, 100);
  auto before = test::accuracy(heads, unseen);
  auto ours = heads, printed = heads;
  teach(ours, lessons, .02f);
  teach(printed, lessons, -.02f);
  BOOST_TEST_MESSAGE("accuracy " << before << ", ours "
                                 << test::accuracy(ours, unseen) << ", printed "
                                 << test::accuracy(printed, unseen));
  BOOST_TEST(test::accuracy(ours, unseen) > before);
  BOOST_TEST(test::accuracy(ours, unseen) > .9);
  BOOST_TEST(test::accuracy(printed, unseen) < .4); // a third is chance
}

BOOST_AUTO_TEST_SUITE_END()
