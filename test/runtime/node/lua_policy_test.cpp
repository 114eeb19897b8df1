#include "runtime/node/lua_policy.hpp"

#include "runtime/policy/link_meter.hpp"
#include "support/expect.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <deque>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// A policy that somebody sends as text.
caf::expected<stream_rule> load(const std::string& script) {
  return load_policy(script + "\n");
}

/// Two keyframes a second over a link of so many kbit/s, in virtual time: what
/// a policy sends that chooses qp and scale.
struct link_of_a_policy {
  stream_rule policy;
  link_meter meter;
  double capacity = 0; ///< kbit/s
  double backlog = 0;  ///< kbit that the link has
  uint64_t last = 0;
  caf::timespan now = std::chrono::hours(1);
  std::deque<std::pair<uint64_t, double>> queue; ///< part, kbit left of it

  /// Size of a keyframe in kbit: half for each six of the quantiser.
  static double size_of(const decision& x) {
    auto scale = x.parameters.get<double>("scale");
    return 600 * scale * scale
           * std::pow(2.0, (20 - x.parameters.get<double>("qp")) / 6);
  }

  void pass(double seconds) {
    for (auto left = capacity * seconds; left > 0 && !queue.empty();) {
      auto part = std::min(left, queue.front().second);
      left -= part;
      backlog -= part;
      queue.front().second -= part;
      if (queue.front().second > 1e-9)
        break;
      meter.ended(queue.front().first, true, now);
      queue.pop_front();
    }
    now += std::chrono::milliseconds(int64_t(1e3 * seconds));
  }

  /// @returns mean kbit/s sent and longest backlog in seconds
  std::pair<double, double> run(double kbit_s, int keyframes) {
    capacity = kbit_s;
    double sent = 0, longest = 0;
    for (int i = 0; i < keyframes; ++i) {
      stream_state x;
      x.cloud_up = true;
      x.in_flight = queue.size();
      x.answered_kbit_s = meter.answered_kbit_s(now);
      x.under_way_kbit = meter.under_way_kbit();
      auto size = size_of(*policy(x));
      queue.emplace_back(++last, size);
      meter.sent(last, uint64_t(size * 125), now);
      backlog += size;
      sent += size;
      for (int k = 0; k < 10; ++k)
        pass(0.05);
      longest = std::max(longest, backlog / capacity);
    }
    return {2 * sent / keyframes, longest};
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(lua_policy_tests)

BOOST_AUTO_TEST_CASE(awstream_follows_the_bandwidth) {
  auto policy = load_policy("awstream");
  BOOST_TEST_REQUIRE(why(policy) == "");
  link_of_a_policy uut;
  uut.policy = *policy;
  uut.run(500, 120); // finds its level
  auto [steady, wait] = uut.run(500, 240);
  BOOST_TEST(steady > 0.5 * 500);
  BOOST_TEST(steady < 500);
  BOOST_TEST(wait < 4); // also while it tries a better copy
  auto [narrow, drop] = uut.run(60, 40);
  BOOST_TEST(drop < 12); // what was under way takes longer now
  auto [small, calm] = uut.run(60, 240);
  BOOST_TEST(small > 0.5 * 60);
  BOOST_TEST(calm < 6);
  uut.run(4000, 240);
  auto [wide, none] = uut.run(4000, 60);
  BOOST_TEST(wide == 1200, boost::test_tools::tolerance(0.01)); // the best copy
  BOOST_TEST(none < 0.5);
}

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
