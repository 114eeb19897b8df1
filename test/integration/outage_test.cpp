// Processes that die while a stream runs, and come back.

#include "runtime/json.hpp"
#include "support/clips.hpp"
#include "support/meddler.hpp"
#include "support/programs.hpp"
#include "support/sanitized.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <sstream>

namespace utf = boost::unit_test;

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

/// Each keyframe of the video is in the ledger, once. @returns the results
std::vector<json> check_ledger(const std::string& path) {
  auto found = run("vpaas", "results --json --ledger=" + path);
  BOOST_TEST_REQUIRE(found.status == 0, found.text);
  std::vector<json> result;
  std::map<uint64_t, int> times;
  std::istringstream lines{found.text};
  for (std::string line; std::getline(lines, line);)
    if (auto x = parse_json(line)) {
      ++times[x->value("frame", uint64_t{1})];
      result.push_back(std::move(*x));
    }
  BOOST_TEST(times.size() == frames / every);
  for (uint64_t n = 0; n < frames; n += every)
    BOOST_TEST(times[n] == 1, "frame " << n << ": " << times[n]);
  return result;
}

bool is_at(const running_node& fog, const std::function<bool(const json&)>& x) {
  return ask_until("fog-1/streams/door/coordinator --nodes=" + fog.address,
                   [&](const json& y) { return x(y["details"]); });
}

/// A wall clock of its own for a node: libfaketime, whose file says how far it
/// is off.
struct wall_clock {
  static constexpr auto library
    = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

  wall_clock() {
    show("+0");
  }

  void show(const std::string& offset) {
    std::ofstream{dir.path("next")} << offset << '\n';
    std::filesystem::rename(dir.path("next"), dir.path("clock"));
  }

  std::vector<std::string> environment() const {
    return {"env", std::string{"LD_PRELOAD="} + library,
            "FAKETIME_TIMESTAMP_FILE=" + dir.path("clock"),
            "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"};
  }

  test::temp_dir dir;
};

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
  check_ledger(folder.path("ledger.db"));
}

BOOST_AUTO_TEST_CASE(a_link_that_carries_one_direction_is_none) {
  test::temp_dir folder;
  running_node cloud{"cloud", {}};
  auto port
    = uint16_t(std::stoi(cloud.address.substr(cloud.address.rfind(':') + 1)));
  test::meddler between{port, [](auto&) {}};
  running_node fog{"fog",
                   {"--node.cloud=127.0.0.1:" + std::to_string(between.port())},
                   folder.path()};
  add(fog,
      "--real_time=true --corrections=none --settle=500ms --source=" + video());
  BOOST_TEST_REQUIRE(is_at(fog, [](auto& x) { return x["cloud_frames"] > 2; }));
  between.hold_answers(true);
  BOOST_TEST_REQUIRE(is_at(fog, [](auto& x) {
    return x["outage"] == "fog" && x["backup_frames"] > 3;
  }));
  between.hold_answers(false);
  BOOST_TEST(is_at(fog, [](auto& x) { return x["outage"] == "cloud"; }));
  BOOST_TEST_REQUIRE(has_come_to(fog, "ended", frames / every));
  check_ledger(folder.path("ledger.db"));
}

// As where a machine without a battery finds a time server. A sanitizer wants
// to be loaded before what changes the clock.
BOOST_AUTO_TEST_CASE(a_wall_clock_that_jumps_costs_nothing,
                     *utf::precondition([](auto) {
                       return !test::sanitized
                              && std::filesystem::exists(wall_clock::library);
                     })) {
  test::temp_dir folder;
  wall_clock clock;
  running_node cloud{"cloud", {}};
  running_node fog{"fog",
                   {"--node.cloud=" + cloud.address},
                   folder.path(),
                   clock.environment()};
  add(fog, "--real_time=true --spool=chunk_spool --source=" + video());
  BOOST_TEST_REQUIRE(is_at(fog, [](auto& x) { return x["answered"] > 3; }));
  clock.show("+400d");
  BOOST_TEST_REQUIRE(is_at(fog, [](auto& x) { return x["answered"] > 12; }));
  clock.show("-400d");
  BOOST_TEST_REQUIRE(has_come_to(fog, "ended", frames / every));
  BOOST_TEST(is_at(fog, [](auto& x) {
    return x["cloud_frames"] == frames / every && x["backup_frames"] == 0
           && x["dropped"].empty() && x["spooled"] == 0;
  }));
  std::set<int64_t> days; // the fog did see other times
  for (auto& x : check_ledger(folder.path("ledger.db")))
    days.insert(
      from_json<caf::timestamp>(x["captured"])->time_since_epoch().count()
      / 86'400'000'000'000);
  BOOST_TEST(*days.rbegin() - *days.begin() >= 799);
}

BOOST_AUTO_TEST_CASE(the_demo_shows_what_tolerance_is_worth) {
  test::temp_dir dir;
  auto plot = dir.path("outage.svg"), report = dir.path("report.json");
  // Where no other weights are in reach than those that ship.
  test::child_process demo{{"timeout", "120", "sh", "-c",
                            "cd " + dir.path() + " && " + test::program("vpaas")
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

BOOST_AUTO_TEST_CASE(the_demo_wants_a_video_that_is_long_enough) {
  auto x = run("vpaas", "demo --outage --camera=" + video());
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find("ends before the cloud is back") != std::string::npos,
             x.text);
  x = run("vpaas", "demo --outage --camera=missing.mp4");
  BOOST_TEST(x.status == 1);
  BOOST_TEST(x.text.find("missing.mp4") != std::string::npos, x.text);
}

BOOST_AUTO_TEST_SUITE_END()
