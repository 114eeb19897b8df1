// Policies and pipelines from a file to what streams run, in processes of their
// own.

#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace vpaas;
using nlohmann::json;
using test::ask_until;
using test::running_node;

namespace {

/// A backend, which knows the function `motion`, and a fog with one stream,
/// which does not.
struct fixture {
  fixture() {
    auto x = vpaas("stream add door --source='synthetic://street?seed=3&"
                   "seconds=600&size=320x180&fps=10' --real_time=true");
    BOOST_TEST_REQUIRE(x.status == 0, x.text);
    std::ofstream{dir.path("quiet.lua")}
      << "return pipeline { help = \"on the fog alone\",\n"
         "  found = fog.backup_detector { keyframes },\n"
         "  result = merge { found } }\n";
  }

  test::outcome vpaas(const std::string& options) {
    return test::run("vpaas", options + " --nodes=" + fog->address + ","
                                + backend->address);
  }

  std::unique_ptr<running_node> start_fog(const std::string& port) {
    return std::make_unique<running_node>(
      "fog",
      std::vector<std::string>{"--node.backend=" + backend->address,
                               "--node.port=" + port},
      dir.path("fog"));
  }

  std::unique_ptr<running_node> start_backend(const std::string& port) {
    return std::make_unique<running_node>(
      "backend", std::vector<std::string>{"--node.port=" + port},
      dir.path("backend"),
      std::vector<std::string>{"env", "VPAAS_FUNCTIONS=" + functions});
  }

  static std::string port_of(const running_node& x) {
    return x.address.substr(x.address.rfind(':') + 1);
  }

  /// What the stream is assigned, and with which pipeline it goes on.
  bool runs(const std::string& assigned, const std::string& pipeline) {
    return ask_until("fog-1/streams/door/coordinator --nodes=" + fog->address,
                     [&](const json& x) {
                       auto& y = x["details"];
                       return y["assigned"] == assigned
                              && y["pipeline"] == pipeline;
                     });
  }

  void says(const std::string& options, const std::string& what,
            int status = 0) {
    auto x = vpaas(options);
    BOOST_TEST(x.status == status, options << ": " << x.text);
    BOOST_TEST(x.text.find(what) != std::string::npos,
               options << ": " << x.text);
    if (status != 0)
      BOOST_TEST(std::count(x.text.begin(), x.text.end(), '\n') == 1, x.text);
  }

  test::temp_dir dir;
  std::string functions
    = std::filesystem::path{test::program("x")}.parent_path();
  std::unique_ptr<running_node> backend = start_backend("0");
  std::unique_ptr<running_node> fog = start_fog("0");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(policy_program_tests, fixture)

BOOST_AUTO_TEST_CASE(streams_run_what_they_are_assigned) {
  says("pipeline register " + dir.path("quiet.lua"), "registered quiet@1");
  says("policy register config/policies/latency_bound.lua",
       "registered latency_bound@1");
  BOOST_TEST(runs("", "high_low"));
  says("policy use quiet --stream=door", "door: quiet@1 runs");
  BOOST_TEST(runs("quiet@1", "quiet@1"));
  says("policy use latency_bound --stream='d*' --at='daily UTC' --wait=0s",
       "d*: latency_bound@1, daily UTC");
  BOOST_TEST(runs("quiet@1", "quiet@1")); // whose pattern is a name
  says("policy end --stream=door", "ended for door");
  BOOST_TEST(runs("latency_bound@1", "fog_only")); // there is no cloud

  // Killed, the fog does as before, and so does the backend.
  auto port = port_of(*fog);
  fog->process.signal(SIGKILL);
  fog->process.finish();
  fog = start_fog(port);
  BOOST_TEST(runs("latency_bound@1", "fog_only"));
  port = port_of(*backend);
  backend->process.signal(SIGKILL);
  backend->process.finish();
  backend = start_backend(port);
  says("policy list --json", "\"latency_bound@1\"");
  says("policy end --stream='d*' --at='daily UTC'", "ended for d*");
  BOOST_TEST(runs("", "high_low"));
}

BOOST_AUTO_TEST_CASE(a_profile_is_switched_live_and_stays_over_restarts) {
  says("pipeline register " + dir.path("quiet.lua"), "registered quiet@1");
  says("policy use quiet --stream='d*' --profile=night",
       "d*: quiet@1, while night is on");
  says("profile list", "night");
  BOOST_TEST(runs("", "high_low"));
  says("profile use day", "there is no profile \"day\"", 1);
  says("profile use night", "night is on");
  BOOST_TEST(runs("quiet@1", "quiet@1"));
  auto port = port_of(*fog);
  fog->process.signal(SIGKILL);
  fog->process.finish();
  fog = start_fog(port);
  BOOST_TEST(runs("quiet@1", "quiet@1"));
  port = port_of(*backend);
  backend->process.signal(SIGKILL);
  backend->process.finish();
  backend = start_backend(port);
  says("profile list --json", "\"on\": \"night\"");
  BOOST_TEST(runs("quiet@1", "quiet@1"));
  says("profile end", "no profile is on");
  BOOST_TEST(runs("", "high_low"));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_in_one_line) {
  auto wrong = [&](const std::string& name, const std::string& text) {
    std::ofstream{dir.path(name)} << text;
    return dir.path(name);
  };
  auto path = wrong("bad.lua", "return pipeline { found = fog.telepathy "
                               "{ keyframes }, result = merge { found } }\n");
  says("pipeline register " + path,
       "bad.lua: stage \"found\": there is no function", 1);
  path = wrong("loop.lua", "function decide() while true do end end\n");
  says("policy register " + path, "loop.lua:1:", 1);
  path = wrong("far.lua",
               "function decide() return { pipeline = \"x\" } end\n");
  says("policy register " + path, "far.lua: decide: there is no pipeline \"x\"",
       1);
  says("policy register " + dir.path("none.lua"), "failed to read", 1);
  says("policy use quiet --stream=door", "there is no policy \"quiet\"", 1);
  says("policy use quiet", "say of which streams", 1);
  says("policy end --stream=door", "nothing is assigned to door", 1);
  says("policy use quiet --stream=door --at=22:00-06:00",
       "does not say in which time zone", 1);
  // A fog without what a pipeline needs says so, and goes on as before.
  path = wrong("moves.lua", "return pipeline { found = fog.motion "
                            "{ keyframes }, result = merge { found } }\n");
  says("pipeline register " + path, "registered moves@1");
  auto x = vpaas("policy use moves --stream=door");
  BOOST_TEST(x.status == 1, x.text);
  BOOST_TEST(
    x.text.find("stream door does not run moves@1: coordinator of "
                "\"door\": pipeline moves@1: stage \"found\": there is no "
                "function \"motion\"")
      != std::string::npos,
    x.text);
  BOOST_TEST(runs("", "high_low"));
}

BOOST_AUTO_TEST_SUITE_END()
