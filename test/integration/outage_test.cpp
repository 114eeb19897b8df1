// Processes that die while a stream runs, and come back.

#include "runtime/json.hpp"
#include "support/clips.hpp"
#include "support/programs.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <map>
#include <sstream>

using namespace vpaas;
using test::ask_until;
using test::run;
using test::running_node;

namespace {

/// Six seconds; every fifth of its frames is a keyframe.
constexpr uint64_t frames = 150, every = 5;

std::string video() {
  return test::clip("outage.mp4", "320x180", "25",
                    "-c:v libx264 -preset ultrafast -g 10", frames);
}

void add(const running_node& fog, const std::string& options) {
  auto x = run("vpaas", "stream add door --every=5 " + options + " --node="
                          + fog.address + " --nodes=" + fog.address);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
}

bool has_come_to(const running_node& fog, const std::string& state,
                 uint64_t answered) {
  return ask_until("fog-1/streams/door/coordinator --nodes=" + fog.address,
                   [&](const json& x) {
                     return (state.empty() || x["state"] == state)
                            && x["details"]["answered"] >= answered;
                   });
}

bool knows_client(const running_node& fog) {
  return ask_until("--nodes=" + fog.address, [](const json& x) {
    for (auto& node : x)
      if (node["name"] == "client-1" && node["state"] == "up")
        return true;
    return false;
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(outage_tests)

BOOST_AUTO_TEST_CASE(a_fog_that_is_killed_goes_on_where_it_was) {
  test::temp_dir folder;
  running_node cloud{"cloud", {}};
  auto start = [&](const std::string& port) {
    return std::make_unique<running_node>(
      "fog",
      std::vector<std::string>{"--node.cloud=" + cloud.address,
                               "--node.port=" + port},
      folder.path());
  };
  auto fog = start("0");
  auto port = fog->address.substr(fog->address.rfind(':') + 1);
  running_node client{"client", {"--node.fog=" + fog->address}};
  BOOST_TEST_REQUIRE(knows_client(*fog));
  add(*fog, "--client=client-1 --real_time=true --source=" + video());
  BOOST_TEST_REQUIRE(has_come_to(*fog, "", 5));
  fog->process.signal(SIGKILL);
  fog->process.finish();
  fog = start(port);
  BOOST_TEST_REQUIRE(knows_client(*fog));
  add(*fog, "--camera=client-1:cameras/door");
  BOOST_TEST_REQUIRE(has_come_to(*fog, "ended", 1));
  auto found = run("vpaas",
                   "results --json --ledger=" + folder.path("ledger.db"));
  BOOST_TEST_REQUIRE(found.status == 0, found.text);
  std::map<uint64_t, int> times;
  std::istringstream lines{found.text};
  for (std::string line; std::getline(lines, line);)
    if (auto x = parse_json(line))
      ++times[x->value("frame", uint64_t{1})];
  BOOST_TEST(times.size() == frames / every);
  for (uint64_t n = 0; n < frames; n += every)
    BOOST_TEST(times[n] == 1, "frame " << n << ": " << times[n]);
}

BOOST_AUTO_TEST_CASE(the_demo_shows_what_tolerance_is_worth) {
  test::temp_dir dir;
  auto plot = dir.path("outage.svg"), report = dir.path("report.json");
  test::child_process demo{{"timeout", "120", "sh", "-c",
                            test::program("vpaas")
                              + " demo --outage --seconds=9 --down=3 --up=5 "
                                "--json --plot="
                              + plot + " >" + report}};
  BOOST_TEST_REQUIRE(demo.finish() == 0);
  auto x = json::parse(std::ifstream{report});
  auto &with = x["runs"][0], &without = x["runs"][1];
  BOOST_TEST(with["twice"] == 0);
  BOOST_TEST(with["dropped"].empty(), with.dump());
  BOOST_TEST(with["backup_frames"] > 0);
  BOOST_TEST(with["during"]["seconds_answered"] == 2);
  BOOST_TEST(without["dropped"]["cloud_down"] > 0, without.dump());
  BOOST_TEST(with["during"]["f1"].get<double>()
             > without["during"]["f1"].get<double>() + .3);
  std::ifstream in{plot};
  std::string svg{std::istreambuf_iterator<char>{in}, {}};
  BOOST_TEST(svg.find("<polyline") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
