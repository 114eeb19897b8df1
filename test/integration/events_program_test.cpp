#include "runtime/event.hpp"
#include "runtime/json.hpp"
#include "runtime/result.hpp"
#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace vpaas;

using test::ask_until;
using test::run;
using test::running_node;

namespace {

constexpr const char* street = "synthetic://street?seed=3&seconds=3&"
                               "size=320x180&fps=30";

/// A short street without networks; quotes because of the shell.
const std::string without_networks = " --camera='" + std::string{street}
                                     + "' --detector=null --backup=null "
                                       "--classifier= --heads= --report=- ";

template <class T>
std::vector<T> parse(std::istream& in) {
  std::vector<T> result;
  for (std::string line; std::getline(in, line);)
    result.push_back(*from_json<T>(json::parse(line)));
  return result;
}

template <class T>
std::vector<T> read(const std::string& file) {
  std::ifstream in{file};
  return parse<T>(in);
}

std::vector<event> events_of(const std::string& options) {
  auto x = run("vpaas", "events --json " + options);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  std::istringstream in{x.text};
  return parse<event>(in);
}

/// Raises an event for each result.
constexpr const char* tell = "parameters = { word = 'seen' }\n"
                             "function apply(result)\n"
                             "  event { kind = param.word,\n"
                             "    object = result.objects[1] }\nend\n";

} // namespace

BOOST_AUTO_TEST_SUITE(events_program_tests)

// The null detector finds the same objects on each keyframe.
BOOST_AUTO_TEST_CASE(a_run_gives_tracks_and_events) {
  for (auto* nodes : {"one", "four"}) {
    test::temp_dir dir;
    std::ofstream{dir.path("tell.lua")} << tell;
    auto results = dir.path("results"), events = dir.path("events");
    auto x = run("vpaas", "run" + without_networks + "--results=" + results
                            + " --events=" + events + " --nodes=" + nodes
                            + " --functions='" + dir.path("tell.lua")
                            + "?word=there'");
    BOOST_TEST_REQUIRE(x.status == 0, x.text);
    std::set<uint64_t> tracks;
    auto found = read<frame_result>(results);
    BOOST_TEST(found.size() == 6u);
    for (auto& y : found)
      for (auto& z : y.objects)
        tracks.insert(z.track);
    BOOST_TEST(tracks.size() == found.at(0).objects.size());
    BOOST_TEST(tracks.count(0) == 0u);
    auto raised = read<event>(events);
    BOOST_REQUIRE(raised.size() == 6u);
    BOOST_TEST(raised[5].kind == "there");
    BOOST_TEST(raised[5].frame == 75u);
    BOOST_TEST(raised[5].object == found[0].objects[0].track);
  }
}

BOOST_AUTO_TEST_CASE(functions_change_results_and_wrong_ones_are_refused) {
  test::temp_dir dir;
  auto file = dir.path("results");
  auto x = run("vpaas", "run" + without_networks + "--results=" + file
                          + " --tracker=false"
                            " --functions='mask?zone=0,0 1,0 1,1 0,1'");
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  for (auto& y : read<frame_result>(file))
    BOOST_TEST(y.objects.empty());
  auto wrong = run("vpaas", "run" + without_networks + "--functions=nothing");
  BOOST_TEST(wrong.status == 1);
  BOOST_TEST(wrong.text
             == "vpaas run: there is no function \"nothing\"; "
                "allowed: line_count, mask, zone_stay\n");
}

// Events of a fog: found by stream, kind and time, each once, also after the
// fog was killed.
BOOST_AUTO_TEST_CASE(events_survive_a_fog_that_is_killed) {
  test::temp_dir dir;
  std::ofstream{dir.path("tell.lua")} << tell;
  {
    running_node fog{"fog", {}, dir.path()};
    auto nodes = " --nodes=" + fog.address;
    auto added = run("vpaas", "stream add door --source='" + std::string{street}
                                + "' --pipeline=fog_only --classifier= "
                                  "--functions='"
                                + dir.path("tell.lua") + "'" + nodes);
    BOOST_TEST_REQUIRE(added.status == 0, added.text);
    BOOST_TEST(
      ask_until("fog-1/streams/door/coordinator" + nodes, [](const json& x) {
        return x["state"] == "ended" && x["details"]["events"] == 6;
      }));
    auto all = events_of("--node=" + fog.address);
    BOOST_TEST(all.size() == 6u);
    BOOST_TEST(
      events_of("--stream=door --kind=seen --since=10min" + nodes).size()
      == 6u);
    BOOST_TEST(events_of("--stream=gate" + nodes).empty());
    BOOST_TEST(events_of("--kind=passed" + nodes).empty());
    auto refused = run("vpaas", "stream add gate --source=x.mp4 "
                                "--functions=/etc/passwd"
                                  + nodes);
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(refused.text.find("root") == std::string::npos, refused.text);
    fog.process.kill();
  }
  BOOST_TEST(events_of("--ledger=" + dir.path("ledger.db")).size() == 6u);
  running_node fog{"fog", {}, dir.path()};
  auto nodes = " --nodes=" + fog.address;
  auto kept = events_of(nodes);
  BOOST_TEST(kept.size() == 6u);
  test::child_process follower{{test::program("vpaas"), "events", "--follow",
                                "--since=1h", "--node=" + fog.address}};
  for (auto& x : kept)
    BOOST_TEST((*from_json<event>(json::parse(follower.line())) == x));
  auto added = run("vpaas", "stream add gate --source='" + std::string{street}
                              + "' --pipeline=fog_only --classifier= "
                                "--functions='"
                              + dir.path("tell.lua") + "?word=new'" + nodes);
  BOOST_TEST_REQUIRE(added.status == 0, added.text);
  for (uint64_t n = 0; n < 6; ++n) {
    auto x = *from_json<event>(json::parse(follower.line()));
    BOOST_TEST(x.kind == "new");
    BOOST_TEST(x.frame == 15 * n);
  }
  follower.kill();
}

BOOST_AUTO_TEST_SUITE_END()
