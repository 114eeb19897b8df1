#include "runtime/node/lua_policy.hpp"

#include "support/expect.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// A policy that somebody sends as text.
caf::expected<policy_function> load(const std::string& script) {
  return load_policy(script + "\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(lua_policy_tests)

BOOST_AUTO_TEST_CASE(the_shipped_policy_falls_back_when_the_cloud_is_gone) {
  auto uut = load_policy("config/policies/latency_bound.lua");
  BOOST_TEST_REQUIRE(why(uut) == "");
  stream_state x;
  BOOST_TEST((*uut)(x)->pipeline == "fog_only");
  x.cloud_up = true;
  BOOST_TEST((*uut)(x)->parameters.get<int>("qp") == 36);
  x.freshness_ms = 1501;
  BOOST_TEST((*uut)(x)->parameters.get<int>("qp") == 40);
}

BOOST_AUTO_TEST_CASE(a_policy_that_cannot_decide_is_refused_at_the_start) {
  BOOST_TEST(why(load("x = 1")).find("no function \"decide\"")
             != std::string::npos);
  BOOST_TEST(why(load("function decide() return { qp = {} } end"))
               .find("decide answered")
             != std::string::npos);
  BOOST_TEST(!load("function decide() while true do end end"));
  BOOST_TEST((load_policy("no/such.lua").error() == ec::io));
}

// Whoever may name a policy shall not have other files of the fog opened, nor
// read them in an error.
BOOST_AUTO_TEST_CASE(a_policy_is_text_or_a_file_of_its_folder) {
  BOOST_TEST(why(load_policy("latency_bound")) == "");
  test::temp_dir dir;
  auto outside = dir.write("p.lua", "root:x:0:0");
  for (auto x : {outside, std::string{"/etc/passwd"},
                 std::string{"../topologies/fog.lua"},
                 std::string{"config/policies/../topologies/fog.lua"}}) {
    auto said = why(load_policy(x));
    BOOST_TEST(said.find("there is none of this name") != std::string::npos,
               said);
    BOOST_TEST(said.find("root") == std::string::npos, said);
  }
}

BOOST_AUTO_TEST_CASE(a_policy_that_fails_later_says_why) {
  auto uut = load("function decide(s) if s.in_flight > 3 then error('no') end "
                  "return {} end");
  BOOST_TEST_REQUIRE(why(uut) == "");
  stream_state x;
  BOOST_TEST(bool((*uut)(x)));
  x.in_flight = 4;
  auto failed = (*uut)(x);
  BOOST_REQUIRE(!failed);
  BOOST_TEST(cause_of(failed.error()).find(":1: no") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
