#include "runtime/learning/one_vs_all.hpp"

#include "runtime/learning/head_rows.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

/// Class a looks at the first feature, class b at the second.
one_vs_all two_heads(head_kind kind) {
  return {kind, 2, {"a", "b"}, {4, 0, -2, 0, 4, -2}, {.6f, .8f}};
}

naming name_of(const one_vs_all& heads, std::vector<float> feature) {
  feature.push_back(1);
  return heads.name(feature.data());
}

} // namespace

BOOST_AUTO_TEST_SUITE(one_vs_all_tests)

BOOST_AUTO_TEST_CASE(a_score_is_the_logistic_function_of_the_product) {
  auto uut = two_heads(head_kind::logistic);
  float feature[]{1, 0, 1};
  auto xs = uut.scores(feature);
  BOOST_TEST(xs[0] == 1 / (1 + std::exp(-2.f)), tt::tolerance(1e-6f));
  BOOST_TEST(xs[1] == 1 / (1 + std::exp(2.f)), tt::tolerance(1e-6f));
}

BOOST_AUTO_TEST_CASE(a_relu_score_ends_at_zero_and_one) {
  auto uut = two_heads(head_kind::relu);
  float feature[]{1, .6f, 1};
  auto xs = uut.scores(feature);
  BOOST_TEST(xs[0] == 1); // 4 - 2, cut
  BOOST_TEST(xs[1] == .4f, tt::tolerance(1e-5f));
  float other[]{0, 0, 1};
  BOOST_TEST(uut.scores(other)[0] == 0);
}

BOOST_AUTO_TEST_CASE(the_best_head_above_its_threshold_names) {
  auto uut = two_heads(head_kind::logistic);
  BOOST_TEST(name_of(uut, {1, 0}).label == 0);
  BOOST_TEST(name_of(uut, {0, 1}).label == 1);
  // Both say yes, b louder.
  BOOST_TEST(name_of(uut, {1, 1.1f}).label == 1);
  // b is louder but below its own threshold of 0.8.
  auto x = name_of(uut, {.65f, .8f});
  BOOST_TEST(x.label == 0);
  BOOST_TEST(x.score == 1 / (1 + std::exp(-.6f)), tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(no_head_above_its_threshold_is_background) {
  auto x = name_of(two_heads(head_kind::logistic), {.5f, .5f});
  BOOST_TEST(x.label == -1);
  BOOST_TEST(x.score == .5f, tt::tolerance(1e-5f)); // how near it was
  one_vs_all none;
  none.dimensions = 2;
  BOOST_TEST(name_of(none, {1, 1}).label == -1);
}

BOOST_AUTO_TEST_CASE(long_features_are_summed_whole) {
  // 35 values: two vectors of sixteen and a rest.
  one_vs_all uut{head_kind::relu, 35, {"a"}, std::vector<float>(36, .01f), {0}};
  auto xs = head_rows(uut, std::vector<float>(35, 1), {});
  BOOST_TEST(xs[34] == 1 / std::sqrt(35.f), tt::tolerance(1e-6f));
  BOOST_TEST(uut.scores(xs.data())[0] == .01f * (std::sqrt(35.f) + 1),
             tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(a_label_hints_at_the_class_that_lists_it) {
  auto uut = two_heads(head_kind::logistic);
  BOOST_TEST(uut.class_of("b") == 1); // its own name
  BOOST_TEST(uut.class_of("c") == -1);
  uut.hints = {{"c", "d"}, {"e"}};
  BOOST_TEST(uut.class_of("d") == 0);
  BOOST_TEST(uut.class_of("b") == -1);
}

BOOST_AUTO_TEST_CASE(heads_that_do_not_fit_together_are_named) {
  auto good = two_heads(head_kind::logistic);
  BOOST_TEST(!good.validate());
  auto bad = good;
  bad.weights.pop_back();
  BOOST_TEST(bad.validate()->find("2 classes need 6") != std::string::npos);
  bad = good;
  bad.thresholds.pop_back();
  BOOST_TEST(bad.validate()->find("thresholds") == 0u);
  bad = good;
  bad.hints = {{"a"}};
  BOOST_TEST(bad.validate()->find("hints has 1") == 0u);
  bad = good;
  bad.inputs = head_inputs::both; // needs 2 * 2 + 4 more
  BOOST_TEST(bad.validate()->find("2 classes need 22") != std::string::npos);
  bad = good;
  bad.dimensions = 0;
  BOOST_TEST(bad.validate().has_value());
  bad = good;
  bad.weights[3] = std::numeric_limits<float>::quiet_NaN();
  BOOST_TEST(bad.validate()->find("no number") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
