#include "runtime/http/metrics_text.hpp"

#include "support/child_process.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vpaas;

namespace {

bool has(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(metrics_text_tests)

BOOST_AUTO_TEST_CASE(a_status_becomes_series) {
  metrics_text uut;
  uut.add(
    "coordinator", {{"node", "fog-1"}},
    {{"received", 7},
     {"in_flight", 2},
     {"dropped", {{"spool", 3}}},
     {"freshness",
      {{"count", 5}, {"p50", 0.25}, {"p95", 1.0}, {"p99", 1.0}, {"max", 2.0}}},
     {"last_error", "rtsp://eve:secret@x"}});
  auto text = uut.text();
  BOOST_TEST(has(text, R"(vpaas_coordinator_received_total{node="fog-1"} 7)"),
             text);
  BOOST_TEST(has(text, R"(vpaas_coordinator_in_flight{node="fog-1"} 2)"), text);
  BOOST_TEST(has(text, R"(vpaas_coordinator_dropped_total{node="fog-1",)"
                       R"(reason="spool"} 3)"),
             text);
  BOOST_TEST(has(text, R"(vpaas_coordinator_freshness_seconds{node="fog-1",)"
                       R"(quantile="0.5"} 0.25)"),
             text);
  BOOST_TEST(text.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(series_and_labels_are_bounded) {
  metrics_text uut{10};
  auto reasons = json::object();
  for (int i = 0; i < 100; ++i)
    reasons[std::to_string(i)] = i;
  uut.add("x", {{"node", std::string(1000, 'n')}}, {{"dropped", reasons}});
  auto text = uut.text();
  BOOST_TEST(has(text, "vpaas_metrics_left_out 22"), text);
  BOOST_TEST(text.find(std::string(121, 'n')) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(prometheus_s_own_tool_reads_it) {
  metrics_text uut;
  uut.add("x", {{"node", "a\"b\\c\nd"}}, {{"count", 1}, {"waiting", 2.5}});
  test::temp_dir dir;
  std::ofstream{dir.path("metrics")} << uut.text();
  auto status
    = test::child_process{{"sh", "-c",
                           "promtool check metrics <" + dir.path("metrics")
                             + " 2>&1 | grep -v 'help text' | grep "
                               "-i error && exit 1; exit 0"}}
        .finish();
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
