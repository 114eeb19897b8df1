#include "runtime/policy/stream_policy.hpp"

#include "support/expect.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

BOOST_AUTO_TEST_SUITE(stream_policy_tests)

BOOST_AUTO_TEST_CASE(a_decision_is_a_pipeline_and_parameters) {
  auto x = decision_of({{"pipeline", "dds"}, {"low", 38}, {"scale", .5}});
  BOOST_TEST_REQUIRE(why(x) == "");
  BOOST_TEST(x->pipeline == "dds");
  BOOST_TEST(x->parameters.value() == (json{{"low", 38}, {"scale", .5}}));
  BOOST_TEST((*decision_of(as_json(*x)) == *x));
}

BOOST_AUTO_TEST_CASE(an_empty_one_leaves_the_stream_as_it_is) {
  for (auto& x : {json::object(), json::array()}) // of Lua both are {}
    BOOST_TEST((decision_of(x).value() == decision{}));
}

BOOST_AUTO_TEST_CASE(what_is_no_decision_says_what_is_one) {
  for (auto& x : {json{{"pipeline", 3}}, json{{"path", "fog_only"}},
                  json{{"qp", json::object()}}, json{{"qp", nullptr}},
                  json{"high_low"}, json(7)})
    BOOST_TEST(why(decision_of(x)).find("write { pipeline = ")
                 != std::string::npos,
               x.dump());
}

BOOST_AUTO_TEST_SUITE_END()
