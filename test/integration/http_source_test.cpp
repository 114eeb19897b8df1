#include "runtime/error.hpp"
#include "support/child_process.hpp"
#include "support/clips.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;

namespace {

uint64_t frames_of(const std::vector<segment>& xs) {
  uint64_t result = 0;
  for (const auto& x : xs)
    result += x.packets.size();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_source_tests)

BOOST_AUTO_TEST_CASE(a_clip_comes_over_http_as_it_is_in_the_file) {
  auto clip = test::clip("http.mkv", "320x180", "25",
                         "-c:v libx264 -preset ultrafast -g 25", 100);
  std::filesystem::path path{clip};
  test::child_process server{{"python3", "-u", "-m", "http.server", "0",
                              "--bind", "127.0.0.1", "--directory",
                              path.parent_path().string()}};
  auto line = server.line(); // "Serving HTTP on 127.0.0.1 port N (...) ..."
  auto at = line.find(" port ");
  BOOST_TEST_REQUIRE(at != std::string::npos, line);
  source_config config;
  config.url = "http://127.0.0.1:"
               + std::to_string(std::stoi(line.substr(at + 6))) + "/"
               + path.filename().string();
  auto over_http = test::segments_of(config);
  auto in_file = test::segments_of(clip);
  BOOST_TEST(frames_of(in_file) == 100u);
  BOOST_TEST(frames_of(over_http) == 100u);
  BOOST_TEST((over_http.front().bytes == in_file.front().bytes));
  config.url = config.url.whole() + ".missing";
  auto missing = source::open(config);
  BOOST_REQUIRE(!missing);
  BOOST_TEST((missing.error() == ec::io));
}

BOOST_AUTO_TEST_SUITE_END()
