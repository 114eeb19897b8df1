#include "actors/stream/trace_desk.hpp"

#include "messages/trace.hpp"
#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

/// A stream whose traces are heard.
struct fixture : test::stream_fixture {
  fixture() {
    cfg.traces = {"exporter", 1, "fog", "fog-1"};
    directory["exporter"] = caf::actor_cast<caf::actor>(
      sys.spawn([this](trace_actor::pointer) -> trace_actor::behavior_type {
        return {[](status_atom) { return status_report{}; }, [](ready_atom) {},
                [this](publish_atom, const finished_spans& x) {
                  told.push_back(*x.all);
                }};
      }));
  }

  /// Names of a trace's spans, with their tiers.
  static std::multiset<std::string> names(const std::vector<span>& xs) {
    std::multiset<std::string> result;
    for (auto& x : xs)
      result.insert(x.tier + " " + x.name);
    return result;
  }

  std::vector<std::vector<span>> told;
};

using name_set = std::multiset<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(trace_desk_tests, fixture)

BOOST_AUTO_TEST_CASE(each_result_has_a_trace) {
  start();
  BOOST_TEST(published.size() == 6u);
  BOOST_REQUIRE(told.size() == 6u);
  name_set all{"client camera", "fog decoder", "fog encoder",
               "fog keyframe",  "fog results", "fog runner"};
  BOOST_TEST((names(told[0]) == all));
  for (size_t i = 0; i < 6; ++i) {
    BOOST_TEST(told[i][0].id == root_of(published[i]));
    for (auto& x : told[i]) {
      BOOST_TEST(x.trace.low == trace_of(published[i]).low);
      BOOST_TEST(x.error.empty(), x.name);
      BOOST_TEST(x.node == "fog-1");
    }
  }
}

BOOST_AUTO_TEST_CASE(bytes_are_counted) {
  start();
  BOOST_REQUIRE(!told.empty());
  auto size = [&](const std::string& name, const std::string& key) {
    for (auto& x : told[0])
      if (x.name == name)
        for (auto& [k, value] : x.attributes)
          if (k == key)
            return std::get<int64_t>(value);
    return int64_t{0};
  };
  auto part = static_cast<int64_t>(part_bytes);
  BOOST_TEST(size("encoder", "vpaas.response.size") == part);
  BOOST_TEST(size("runner", "vpaas.request.size") > part);
  BOOST_TEST(size("runner", "vpaas.response.size") > 0);
}

BOOST_AUTO_TEST_CASE(a_cloud_that_does_not_answer_is_in_the_trace) {
  answer_at_once = false;
  start();
  BOOST_TEST(told.empty());
  link(false); // the backup answers
  while (!backup_asked.empty())
    answer_backup();
  advance(1s);
  BOOST_REQUIRE(!told.empty());
  auto& xs = told[0];
  BOOST_TEST(names(xs).count("fog backup_detector") == 1u);
  auto runner = std::find_if(xs.begin(), xs.end(),
                             [](auto& x) { return x.name == "runner"; });
  BOOST_REQUIRE((runner != xs.end()));
  BOOST_TEST(runner->error == "runner did not answer");
}

BOOST_AUTO_TEST_CASE(nobody_is_told_of_what_is_not_sampled) {
  cfg.traces.ratio = 0;
  start();
  BOOST_TEST(published.size() == 6u);
  BOOST_TEST(told.empty());
}

BOOST_AUTO_TEST_CASE(a_stream_does_not_need_an_exporter) {
  caf::anon_send_exit(directory["exporter"], caf::exit_reason::kill);
  directory.erase("exporter");
  start();
  BOOST_TEST(published.size() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
