#include "runtime/policy/rollout.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

artifact model(const std::string& name, uint64_t version) {
  artifact result;
  result.name = name;
  result.version = version;
  result.files = {{"weights", "w", "hash-of-" + result.reference(), 1},
                  {"config", "c", "same", 1}};
  return result;
}

deployment order(const std::string& target, const std::string& function,
                 const std::string& what) {
  deployment result;
  result.target = target;
  result.function = function;
  result.parameter = "model";
  result.artifact = what;
  return result;
}

const std::vector<artifact> known{model("face", 1), model("face", 2),
                                  model("car", 1)};

reported_state report_of(const desired_state& x, slot_state state) {
  reported_state result;
  for (auto& y : x.slots)
    result.slots.push_back(
      {y.function, y.parameter, y.what.reference(), state, ""});
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rollout_tests)

BOOST_AUTO_TEST_CASE(a_node_gets_what_holds_for_its_tier_and_itself) {
  std::vector<deployment> all{order("fog-2", "backup_detector", "face@2"),
                              order("fog", "backup_detector", "face@1"),
                              order("fog", "classifier", "car@1"),
                              order("cloud", "detectors", "face@2")};
  auto one = desired_on("fog-1", "fog", all, known);
  BOOST_TEST_REQUIRE(one.slots.size() == 2u);
  BOOST_TEST(one.slots[0].function == "backup_detector");
  BOOST_TEST(one.slots[0].what.reference() == "face@1");
  auto two = desired_on("fog-2", "fog", all, known);
  BOOST_TEST_REQUIRE(two.slots.size() == 2u);
  BOOST_TEST(two.slots[0].what.reference() == "face@2");
  BOOST_TEST(desired_on("client-1", "client", all, known).slots.empty());
}

BOOST_AUTO_TEST_CASE(what_nobody_knows_is_left_out) {
  auto x = desired_on("fog-1", "fog", {order("fog", "classifier", "dog@1")},
                      known);
  BOOST_TEST(x.slots.empty());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_model_does_not_pass) {
  for (auto code : {ec::bad_input, ec::bad_config, ec::inference})
    BOOST_TEST(!may_pass(caf::make_error(code, "")));
  for (auto code : {ec::io, ec::overload, ec::not_found})
    BOOST_TEST(may_pass(caf::make_error(code, "")));
  BOOST_TEST(may_pass(caf::make_error(caf::sec::request_timeout)));
  BOOST_TEST(has_file(known[0], "same"));
  BOOST_TEST(!has_file(known[0], "hash-of-car@1"));
}

BOOST_AUTO_TEST_CASE(a_node_is_settled_when_all_of_it_is_as_it_shall_be) {
  auto x = desired_on("fog-1", "fog",
                      {order("fog", "a", "face@1"), order("fog", "b", "car@1")},
                      known);
  BOOST_TEST(is_settled(x, report_of(x, slot_state::serving)));
  BOOST_TEST(is_settled(x, report_of(x, slot_state::refused)));
  for (auto state : {slot_state::missing, slot_state::trying,
                     slot_state::changing, slot_state::waiting})
    BOOST_TEST(!is_settled(x, report_of(x, state)));
  BOOST_TEST(!is_settled(x, {}));
  // What was taken back and still runs.
  BOOST_TEST(!is_settled({}, report_of(x, slot_state::serving)));
  auto older = report_of(x, slot_state::serving);
  older.slots[0].artifact = "face@2";
  BOOST_TEST(!is_settled(x, older));
}

BOOST_AUTO_TEST_CASE(a_fog_holds_the_libraries_that_clouds_run) {
  artifact motion;
  motion.kind = artifact_kind::function;
  motion.name = "motion";
  motion.version = 1;
  deployment x;
  x.target = "cloud";
  x.function = "motion";
  x.parameter = "library";
  x.artifact = "motion@1";
  auto on_fog = desired_on("fog-1", "fog", {x}, {motion});
  BOOST_TEST_REQUIRE(on_fog.slots.size() == 1u);
  BOOST_TEST(on_fog.slots[0].function == "");
  BOOST_TEST(on_fog.slots[0].parameter == "library motion");
  BOOST_TEST(desired_on("cloud-2", "cloud", {x}, {motion}).slots.at(0).function
             == "motion");
  // Where it runs itself that is all.
  auto here = x;
  here.target = "fog-1";
  on_fog = desired_on("fog-1", "fog", {x, here}, {motion});
  BOOST_TEST_REQUIRE(on_fog.slots.size() == 1u);
  BOOST_TEST(on_fog.slots[0].function == "motion");
}

BOOST_AUTO_TEST_CASE(a_parameter_says_what_it_names) {
  BOOST_TEST((kind_for("model") == artifact_kind::model));
  BOOST_TEST((kind_for("model face") == artifact_kind::model));
  BOOST_TEST((kind_for("heads") == artifact_kind::heads));
  BOOST_TEST((kind_for("library") == artifact_kind::function));
  BOOST_TEST((kind_for("library counter") == artifact_kind::function));
}

BOOST_AUTO_TEST_SUITE_END()
