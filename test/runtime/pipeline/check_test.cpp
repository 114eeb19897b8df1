#include "runtime/pipeline/check.hpp"

#include "support/expect.hpp"
#include "support/pipelines.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

std::string fault(const pipeline& x) {
  auto plan = check(x, some_functions());
  return plan ? "good" : cause_of(plan.error());
}

std::vector<std::string> ids(const pipeline_plan& x, const errand& y) {
  std::vector<std::string> result;
  for (auto i : y.stages)
    result.push_back(x.stages[i].spec.id);
  return result;
}

pipeline_stage& stage_of(pipeline& x, const std::string& id) {
  for (auto& y : x.stages)
    if (y.id == id)
      return y;
  throw std::out_of_range(id);
}

} // namespace

BOOST_AUTO_TEST_SUITE(pipeline_check_tests)

BOOST_AUTO_TEST_CASE(stages_of_one_tier_cross_the_link_once) {
  auto plan = check(high_low(), some_functions());
  BOOST_TEST_REQUIRE(why(plan) == "");
  BOOST_TEST_REQUIRE(plan->errands.size() == 4u);
  using names = std::vector<std::string>;
  BOOST_TEST((ids(*plan, plan->errands[0]) == names{"copy"}));
  BOOST_TEST(
    (ids(*plan, plan->errands[1]) == names{"copy_decoded", "found", "known"}));
  BOOST_TEST((ids(*plan, plan->errands[2]) == names{"named"}));
  BOOST_TEST((ids(*plan, plan->errands[3]) == names{"without_cloud"}));
  BOOST_TEST(plan->errands[1].tier == "cloud");
  BOOST_TEST(plan->without.at("cloud") == 3u);
  BOOST_TEST(plan->errands[2].optional);
  BOOST_TEST(!plan->errands[1].optional);
}

BOOST_AUTO_TEST_CASE(only_what_is_needed_comes_back) {
  auto plan = check(high_low(), some_functions());
  BOOST_REQUIRE(plan);
  for (auto& x : plan->stages)
    if (x.spec.tier == "cloud")
      BOOST_TEST(x.returns == (x.spec.id == "known"), x.spec.id);
}

BOOST_AUTO_TEST_CASE(kinds_are_joined_where_a_function_takes_the_pair) {
  auto plan = check(two_rounds(), some_functions());
  BOOST_TEST_REQUIRE(why(plan) == "");
  for (auto& x : plan->stages)
    if (x.spec.id == "fine")
      BOOST_TEST(x.takes == "regions");
    else if (x.spec.id == "copy")
      BOOST_TEST(x.takes == "keyframes");
  BOOST_TEST(plan->errands.size() == 5u); // two crossings
}

BOOST_AUTO_TEST_CASE(what_a_later_visit_needs_is_kept_where_it_is) {
  auto plan = check(two_rounds(), some_functions());
  BOOST_TEST_REQUIRE(why(plan) == "");
  for (auto& x : plan->stages)
    BOOST_TEST(x.is_kept
                 == (x.spec.id == "copy_decoded" || x.spec.id == "known"),
               x.spec.id);
}

BOOST_AUTO_TEST_CASE(a_visit_ends_with_its_one_answer) {
  auto x = high_low();
  x.result = {"found", "known", "named"};
  BOOST_TEST(fault(x)
             == "stage \"found\": one stage a visit answers from the cloud, "
                "the last; merge what comes after it, or let the fog go on in "
                "between");
}

BOOST_AUTO_TEST_CASE(a_visit_fails_as_one) {
  auto x = high_low();
  stage_of(x, "known").optional = true;
  BOOST_TEST(fault(x)
             == "stage \"known\": it fails with those before it on the cloud; "
                "let all of them be optional, or none");
}

BOOST_AUTO_TEST_CASE(a_circle_is_refused) {
  auto x = high_low();
  stage_of(x, "copy").inputs = {"keyframes", "known"};
  BOOST_TEST(fault(x)
             == "the stages copy, found, known, named wait for each other; let "
                "each take only what is made before it");
}

BOOST_AUTO_TEST_CASE(a_missing_function_is_refused_with_those_there_are) {
  auto x = high_low();
  stage_of(x, "found").function = "detektor";
  BOOST_TEST(fault(x)
             == "stage \"found\": there is no function \"detektor\"; allowed: "
                "encoder, chunk_decoder, detector, region_filter, paster, "
                "classifier, second_look, renderer, backup_detector");
  x = high_low();
  stage_of(x, "found").version = 7;
  BOOST_TEST(fault(x).find("of version 7") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(pixels_do_not_leave_their_node) {
  auto x = high_low();
  stage_of(x, "found").inputs = {"keyframes"};
  BOOST_TEST(
    fault(x)
    == "stage \"found\": pixels do not leave their node, and keyframes "
       "is on the fog; send what an encoder makes of it");
}

BOOST_AUTO_TEST_CASE(a_function_runs_only_where_it_may) {
  auto x = high_low();
  stage_of(x, "named").tier = "cloud";
  BOOST_TEST(fault(x)
             == "stage \"named\": classifier does not run on the cloud; "
                "allowed: fog");
  x.stages.back().tier = "moon";
  BOOST_TEST(fault(x).find("does not run on the moon") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(kinds_fit) {
  auto x = high_low();
  stage_of(x, "known").inputs = {"copy"};
  BOOST_TEST(fault(x)
             == "stage \"known\": region_filter does not take chunks; allowed: "
                "detections");
}

BOOST_AUTO_TEST_CASE(inputs_exist) {
  auto x = high_low();
  stage_of(x, "named").inputs = {"keyframes", "knwon"};
  BOOST_TEST(fault(x)
             == "stage \"named\": there is no stage \"knwon\"; allowed: "
                "keyframes, copy, found, known, named");
  stage_of(x, "named").inputs = {};
  BOOST_TEST(fault(x)
             == "stage \"named\": it takes nothing; write keyframes or a "
                "stage");
}

BOOST_AUTO_TEST_CASE(a_name_is_given_once) {
  auto x = high_low();
  x.stages.push_back(x.stages.front());
  BOOST_TEST(fault(x) == "stage \"copy\": the name is taken; give it another");
  x = high_low();
  x.stages.front().id = "keyframes";
  BOOST_TEST(fault(x)
             == "stage \"keyframes\": the name is taken; give it another");
}

BOOST_AUTO_TEST_CASE(it_ends_in_answers_about_frames) {
  auto x = high_low();
  x.result = {"copy"};
  BOOST_TEST(fault(x)
             == "result: stage \"copy\" gives chunks; allowed: answers about "
                "frames (chunk_answer, detections, namings)");
  x.result = {"nobody"};
  BOOST_TEST(fault(x)
             == "result: there is no stage \"nobody\"; allowed: copy, found, "
                "known, named");
  x.result = {};
  BOOST_TEST(fault(x)
             == "it has no result; write result = merge { STAGE, ... }");
}

BOOST_AUTO_TEST_CASE(every_stage_is_of_use) {
  auto x = high_low();
  x.result = {"known"};
  BOOST_TEST(fault(x)
             == "stage \"named\": nothing uses it; name it in the result or "
                "leave it out");
}

BOOST_AUTO_TEST_CASE(who_stands_in_answers_alone_from_keyframes) {
  auto x = high_low();
  x.without["cloud"].inputs = {"copy"};
  BOOST_TEST(fault(x)
             == "stage \"without_cloud\": it answers alone; write "
                "fog.backup_detector { keyframes }");
  x = high_low();
  x.without["cloud"].function = "encoder";
  BOOST_TEST(fault(x)
             == "stage \"without_cloud\": it gives chunks; allowed: answers "
                "about frames");
  x = high_low();
  x.without["fog"] = x.without["cloud"];
  BOOST_TEST(fault(x) == "without: no stage needs the fog; leave it out");
}

BOOST_AUTO_TEST_SUITE_END()
