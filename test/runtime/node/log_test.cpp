#include "runtime/node/log.hpp"

#include "runtime/error.hpp"
#include "runtime/moment.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace vpaas;

namespace {

std::string first_line(const std::string& path) {
  std::ifstream in{path};
  std::string result;
  std::getline(in, result);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_tests)

BOOST_AUTO_TEST_CASE(a_json_line_holds_time_level_node_and_text) {
  test::temp_dir dir;
  BOOST_REQUIRE(!start_log({"info", "json", dir.path("log"), "fog-1"}));
  spdlog::debug("not this one");
  spdlog::warn("a \"quoted\" \xff text");
  auto x = nlohmann::json::parse(first_line(dir.path("log")));
  BOOST_TEST(x["level"] == "warning");
  BOOST_TEST(x["node"] == "fog-1");
  BOOST_TEST(x["text"] == "a \"quoted\" \xef\xbf\xbd text");
  BOOST_TEST(!!parse_moment(x["time"].get<std::string>()));
}

BOOST_AUTO_TEST_CASE(a_text_line_names_the_node) {
  test::temp_dir dir;
  BOOST_REQUIRE(!start_log({"debug", "text", dir.path("log"), "fog-1"}));
  spdlog::info("ready");
  auto line = first_line(dir.path("log"));
  BOOST_TEST(line.find("info fog-1: ready") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(no_line_has_a_password_or_steers_a_terminal) {
  for (auto format : {"text", "json"}) {
    test::temp_dir dir;
    BOOST_REQUIRE(!start_log({"info", format, dir.path("log"), "fog-1"}));
    spdlog::info("refused rtsp://guard:s3cr3t@10.0.0.20/1\x1b[2J\nnext");
    auto line = first_line(dir.path("log"));
    BOOST_TEST(line.find("s3cr3t") == std::string::npos, line);
    BOOST_TEST(line.find("10.0.0.20/1?[2J?next") != std::string::npos, line);
  }
}

BOOST_AUTO_TEST_CASE(what_others_cause_often_is_written_a_few_times) {
  test::temp_dir dir;
  BOOST_REQUIRE(!start_log({"info", "text", dir.path("log"), "fog-1"}));
  for (auto i = 0; i < 1000; ++i)
    log_line(log_level::warning, "the subject of this test", "again");
  std::ifstream in{dir.path("log")};
  auto lines = std::count(std::istreambuf_iterator<char>{in}, {}, '\n');
  BOOST_TEST(lines == 5);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_opened_is_named) {
  auto err = start_log({"info", "text", "/proc/none/log", "fog-1"});
  BOOST_TEST((err == ec::io));
  BOOST_TEST(describe(err).find("log.file /proc/none/log")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
