#include "runtime/pipeline/options.hpp"

#include "support/expect.hpp"
#include "support/pipelines.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// `high_low` whose quantiser and scale are parameters.
pipeline with_parameters() {
  auto result = high_low();
  result.parameters = {text("qp", "36", ""), text("scale", "0.8", "")};
  result.stages.front().options = document{
    json{{"qp", {{"$param", "qp"}}}, {"scale", {{"$param", "scale"}}}}};
  return result;
}

std::string fault(const pipeline& x, json values = json::object()) {
  auto set = set_options(x, some_functions(), document{std::move(values)});
  return set ? "good" : cause_of(set.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(pipeline_options_tests)

BOOST_AUTO_TEST_CASE(a_parameter_is_what_the_option_that_it_sets_is) {
  auto set = set_options(with_parameters(), some_functions(), {});
  BOOST_TEST_REQUIRE(why(set) == "");
  auto& qp = set->table[0];
  BOOST_TEST((qp.type == parameter_type::integer));
  BOOST_TEST(qp.max == 51);
  BOOST_TEST(qp.help == "quantiser");
  BOOST_TEST(set->values.get<int>("qp") == 36);
  BOOST_TEST(set->stages.stages[0].options.get<int>("qp") == 36);
  BOOST_TEST(set->stages.stages[0].options.get<float>("scale") == .8f);
}

BOOST_AUTO_TEST_CASE(given_values_reach_the_stage) {
  auto set = set_options(with_parameters(), some_functions(),
                         document{json{{"qp", 26}}});
  BOOST_TEST_REQUIRE(why(set) == "");
  BOOST_TEST(set->stages.stages[0].options.get<int>("qp") == 26);
  BOOST_TEST(fault(with_parameters(), {{"qp", 60}})
             == "parameters: qp = 60 is not allowed; write an integer from 0 "
                "to 51");
  BOOST_TEST(fault(with_parameters(), {{"qq", 1}})
             == "parameters: unknown key \"qq\"; known: qp, scale");
}

BOOST_AUTO_TEST_CASE(a_preset_sets_what_goes_together) {
  auto x = with_parameters();
  x.presets["small"] = document{json{{"qp", 40}, {"scale", .5}}};
  auto set = set_options(x, some_functions(),
                         document{json{{"preset", "small"}, {"qp", 30}}});
  BOOST_TEST_REQUIRE(why(set) == "");
  BOOST_TEST(set->values.get<int>("qp") == 30); // what is said beside it wins
  BOOST_TEST(set->values.get<double>("scale") == .5);
  BOOST_TEST(fault(x, {{"preset", "large"}})
             == "parameters: there is no preset \"large\"; allowed: small");
  x.presets["wrong"] = document{json{{"qp", 60}}};
  BOOST_TEST(fault(x).find("preset \"wrong\": qp = 60") == 0u, fault(x));
}

BOOST_AUTO_TEST_CASE(own_bounds_are_kept) {
  auto x = with_parameters();
  x.parameters[0].min = 30;
  x.parameters[0].max = 40;
  BOOST_TEST(fault(x, {{"qp", 26}})
             == "parameters: qp = 26 is not allowed; write an integer from 30 "
                "to 40");
}

BOOST_AUTO_TEST_CASE(wrong_options_name_stage_and_what_is_allowed) {
  auto x = high_low();
  x.stages.front().options = document{json{{"qp", 60}}};
  BOOST_TEST(fault(x)
             == "stage \"copy\": qp = 60 is not allowed; write an integer from "
                "0 to 51");
  x.stages.front().options = document{json{{"quality", 60}}};
  BOOST_TEST(fault(x)
             == "stage \"copy\": there is no option \"quality\"; allowed: qp, "
                "scale, preset, transport");
  x.stages.front().options = document{json{{"qp", {{"$param", "q"}}}}};
  BOOST_TEST(fault(x)
             == "stage \"copy\": there is no parameter \"q\"; allowed: none");
}

BOOST_AUTO_TEST_CASE(defaults_are_checked_too) {
  auto x = with_parameters();
  x.parameters[0].fallback = "99";
  BOOST_TEST(fault(x)
             == "parameter \"qp\": \"99\" is not allowed; write an integer "
                "from 0 to 51");
  x.parameters[0].fallback = "many";
  BOOST_TEST(fault(x)
             == "parameter \"qp\": \"many\" is not allowed; write an integer "
                "from 0 to 51");
}

BOOST_AUTO_TEST_CASE(a_parameter_that_sets_nothing_is_refused) {
  auto x = with_parameters();
  x.parameters.push_back(text("fps", "3", ""));
  BOOST_TEST(fault(x)
             == "parameter \"fps\": no stage uses it; write OPTION = "
                "param.fps");
}

BOOST_AUTO_TEST_CASE(the_merge_and_who_stands_in_have_options_too) {
  auto x = high_low();
  x.merge = document{json{{"hints", .5}, {"iou", .3}}};
  auto set = set_options(x, some_functions(), {});
  BOOST_TEST_REQUIRE(why(set) == "");
  BOOST_TEST(set->merge.hints == .5f);
  BOOST_TEST(set->merge.iou == .3f);
  x.merge = document{json{{"iou", 3}}};
  BOOST_TEST(fault(x)
             == "result: iou = 3 is not allowed; write a number from 0 to 1");
  x = high_low();
  x.without["cloud"].options = document{json{{"threads", 3}}};
  BOOST_TEST(fault(x)
             == "stage \"without_cloud\": there is no option \"threads\"; "
                "allowed: none");
}

BOOST_AUTO_TEST_CASE(the_newest_version_is_found_or_the_wanted_one) {
  auto old = function("f", "keyframes", "detections", {});
  auto fresh = old;
  fresh.version = 2;
  std::vector<function_spec> xs{old, fresh};
  auto wanted = stage("x", "fog", "f", {"keyframes"});
  BOOST_TEST(find_function(xs, wanted) == &xs[1]);
  wanted.version = 1;
  BOOST_TEST(find_function(xs, wanted) == &xs[0]);
  wanted.version = 3;
  BOOST_TEST(!find_function(xs, wanted));
}

BOOST_AUTO_TEST_SUITE_END()
