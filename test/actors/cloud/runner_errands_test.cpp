#include "support/runner_fixture.hpp"

using namespace vpaas;

namespace {

/// Steps that run these functions, each on what the one before made.
std::vector<errand_step> steps_with(const std::vector<std::string>& functions) {
  std::vector<errand_step> result;
  for (auto& name : functions) {
    errand_step x;
    x.id = "my_" + name;
    x.function = name;
    if (!result.empty())
      x.inputs = {result.back().id};
    result.push_back(std::move(x));
  }
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(runner_errands_tests, test::runner_fixture)

BOOST_AUTO_TEST_CASE(an_errand_takes_the_steps_that_come_with_it) {
  begin();
  hire("super_resolvers");
  auto steps = steps_with(
    {"chunk_decoder", "super_resolver", "detector", "region_filter"});
  steps.back().options = document{json{{"theta_cls", 0.5}}};
  send("s", 0, steps);
  send("s", 1); // of the same chunk
  strings way{"super_resolvers s 0", "detectors s 0",
              "with {\"theta_cls\":0.5}", "region_filter s 0"};
  strings expected{"chunk_decoder-1 s 0.0 100"};
  expected.insert(expected.end(), way.begin(), way.end());
  expected.push_back("chunk_decoder-1 s 0.1 100");
  expected.insert(expected.end(), way.begin(), way.end());
  BOOST_TEST(log == expected, boost::test_tools::per_element());
  BOOST_TEST(answers["s 0"] == "ok");
  BOOST_TEST(answers["s 1"] == "ok");
  log.clear();
  send("t", 0); // another stream
  BOOST_TEST(log.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_errand_for_a_function_that_nobody_has_is_refused) {
  begin();
  send("s", 0, steps_with({"chunk_decoder", "oracle"}));
  BOOST_TEST(answers["s 0"] == "cloud_down"); // the fog answers
  BOOST_TEST(look().last_problem.find("oracle") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_errand_ends_in_answers_about_frames) {
  begin();
  send("s", 0, steps_with({"chunk_decoder"}));
  BOOST_TEST(answers["s 0"] == "bad_config");
  BOOST_TEST(look().answered == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
