#include "runtime/pipeline/plan.hpp"

#include "support/pipelines.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

BOOST_AUTO_TEST_SUITE(pipeline_plan_tests)

BOOST_AUTO_TEST_CASE(it_knows_which_tiers_it_needs) {
  auto plan = *check(high_low(), some_functions());
  BOOST_TEST(plan.uses("cloud"));
  BOOST_TEST(plan.uses("fog"));
  BOOST_TEST(!plan.uses("client"));
  pipeline alone;
  alone.stages = {stage("found", "fog", "backup_detector", {"keyframes"})};
  alone.result = {"found"};
  BOOST_TEST(!check(alone, some_functions())->uses("cloud"));
}

BOOST_AUTO_TEST_CASE(who_stands_in_for_a_tier_does_so_for_any_failure) {
  auto plan = *check(high_low(), some_functions());
  BOOST_TEST_REQUIRE(plan.stand_in("cloud").has_value());
  BOOST_TEST((plan.stand_in("fog") == plan.stand_in("cloud")));
  auto x = high_low();
  x.without.clear();
  BOOST_TEST(!check(x, some_functions())->stand_in("cloud").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
