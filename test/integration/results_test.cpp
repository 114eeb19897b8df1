#include "messages/protocol.hpp"
#include "runtime/json.hpp"
#include "support/programs.hpp"
#include "support/real_node.hpp"
#include "support/results.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>
#include <sstream>

using namespace vpaas;
using namespace std::chrono_literals;
using test::ask_until;
using test::run;
using test::running_node;

namespace {

/// A part of another process that has results.
class publisher {
public:
  /// Publishes on the node at `address`; returns what went wrong.
  std::string publish(const std::string& address,
                      const std::vector<frame_result>& xs) {
    auto port = std::stoi(address.substr(address.rfind(':') + 1));
    auto node = test::visit(sys_, static_cast<uint16_t>(port));
    if (!node)
      return describe(node.error());
    std::string problem;
    auto fail = [&](const caf::error& x) { problem = describe(x); };
    self_->request(*node, 10s, resolve_atom_v, std::string{"results"})
      .receive(
        [&](const caf::actor& found) {
          self_
            ->request(caf::actor_cast<results_actor>(found), 10s,
                      publish_atom_v, xs)
            .receive([] {}, fail);
        },
        fail);
    return problem;
  }

private:
  test::visitor_config cfg_;
  caf::actor_system sys_{cfg_};
  caf::scoped_actor self_{sys_};
};

/// Young enough to be kept.
std::vector<frame_result> results_of(const std::string& stream, uint64_t first,
                                     uint64_t n) {
  static const auto start = caf::make_timestamp();
  auto xs = test::results_of(stream, first, n);
  for (auto& x : xs)
    x.captured = start;
  return xs;
}

std::vector<frame_result> parse(const std::string& text) {
  std::vector<frame_result> result;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);)
    result.push_back(*from_json<frame_result>(json::parse(line)));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(results_program_tests)

BOOST_AUTO_TEST_CASE(results_survive_a_fog_that_is_killed) {
  test::temp_dir folder;
  publisher source;
  auto xs = results_of("cam-1", 0, 1500); // two pages
  {
    running_node fog{"fog", {}, folder.path()};
    BOOST_TEST(source.publish(fog.address, xs) == "");
    auto found = run("vpaas", "results --node=" + fog.address);
    BOOST_TEST(found.status == 0);
    BOOST_TEST((parse(found.text) == xs));
    BOOST_TEST(
      parse(run("vpaas", "results --stream=cam-1 --first=7 --last=9 --nodes="
                           + fog.address)
              .text)
        .size()
      == 3u);
    fog.process.kill();
  }
  auto file = folder.path("ledger.db");
  BOOST_TEST((parse(run("vpaas", "results --ledger=" + file).text) == xs));
  running_node fog{"fog", {}, folder.path()};
  BOOST_TEST(source.publish(fog.address, results_of("cam-1", 1490, 20)) == "");
  BOOST_TEST(parse(run("vpaas", "results --node=" + fog.address).text).size()
             == 1510u);
  BOOST_TEST(
    ask_until("fog-1/ledger --nodes=" + fog.address, [](const json& x) {
      return x["details"]["rows"] == 1510 && x["details"]["repeated"] == 10;
    }));
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_CASE(results_are_followed_beyond_a_restart_of_the_fog) {
  auto followed = [](const std::string& address) {
    return ask_until("fog-1/results --nodes=" + address, [](const json& x) {
      return x["details"]["subscribers"] == 1;
    });
  };
  test::temp_dir folder;
  publisher source;
  std::optional<running_node> fog{std::in_place, "fog",
                                  std::vector<std::string>{}, folder.path()};
  auto address = fog->address;
  test::child_process follower{{test::program("vpaas"), "results", "--follow",
                                "--stream=b", "--node=" + address}};
  BOOST_TEST(followed(address));
  BOOST_TEST(source.publish(address, results_of("a", 0, 3)) == "");
  auto prints = [&](uint64_t first, uint64_t n) {
    for (const auto& x : results_of("b", first, n))
      BOOST_TEST((parse(follower.line()) == std::vector<frame_result>{x}));
  };
  BOOST_TEST(source.publish(address, results_of("b", 5, 2)) == "");
  prints(5, 2);
  BOOST_TEST(ask_until("fog-1/results --nodes=" + address, [](const json& x) {
    return x["details"]["delivered"] == 2;
  }));
  fog->process.kill();
  auto port = "--node.port=" + address.substr(address.rfind(':') + 1);
  fog.emplace("fog", std::vector<std::string>{port}, folder.path());
  BOOST_TEST(fog->address == address);
  BOOST_TEST(publisher{}.publish(address, results_of("b", 7, 2)) == "");
  prints(7, 2); // each once, whether it was there already or not
  BOOST_TEST(followed(address));
  BOOST_TEST(publisher{}.publish(address, results_of("b", 9, 2)) == "");
  prints(9, 2);
  follower.kill();
}

BOOST_AUTO_TEST_CASE(what_was_found_since_a_time_comes_first) {
  publisher source;
  running_node fog{"fog", {}};
  auto old = results_of("a", 0, 2);
  for (auto& x : old)
    x.captured -= 1h;
  BOOST_TEST(source.publish(fog.address, old) == "");
  BOOST_TEST(source.publish(fog.address, results_of("a", 2, 2)) == "");
  BOOST_TEST(
    (parse(run("vpaas", "results --since=30min --node=" + fog.address).text)
     == results_of("a", 2, 2)));
  BOOST_TEST(
    parse(run("vpaas", "results --since=2h --node=" + fog.address).text).size()
    == 4u);
  test::child_process follower{{test::program("vpaas"), "results", "--follow",
                                "--since=30min", "--node=" + fog.address}};
  for (const auto& x : results_of("a", 2, 2))
    BOOST_TEST((parse(follower.line()) == std::vector<frame_result>{x}));
  BOOST_TEST(source.publish(fog.address, results_of("a", 4, 1)) == "");
  BOOST_TEST((parse(follower.line()) == results_of("a", 4, 1)));
  follower.kill();
}

BOOST_AUTO_TEST_CASE(results_of_two_fogs_say_which) {
  running_node first{"fog", {"--node.name=fog-1"}};
  running_node second{"fog", {"--node.name=fog-2"}};
  BOOST_TEST(publisher{}.publish(first.address, results_of("a", 0, 1)) == "");
  BOOST_TEST(publisher{}.publish(second.address, results_of("a", 1, 1)) == "");
  auto nodes = "results --nodes=" + first.address + "," + second.address;
  std::map<uint64_t, std::string> found;
  std::istringstream in{run("vpaas", nodes).text};
  for (std::string line; std::getline(in, line);) {
    auto x = json::parse(line);
    found[x["frame"]] = x["node"];
  }
  std::map<uint64_t, std::string> expected{{0, "fog-1"}, {1, "fog-2"}};
  BOOST_TEST((found == expected));
  BOOST_TEST(parse(run("vpaas", nodes + " --node=fog-2").text).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_fog_writes_lines_where_its_topology_says_so) {
  test::temp_dir dir;
  auto lines = dir.path("results.jsonl");
  auto topology = dir.write("x.lua", "node.supervise { { kind = 'results', "
                                     "ledger = '', file = '"
                                       + lines + "' } }");
  publisher source;
  running_node fog{"fog", {"--node.topology=" + topology}};
  BOOST_TEST(source.publish(fog.address, results_of("a", 0, 500)) == "");
  BOOST_TEST(fog.stop() == 0); // in order: all is written
  std::ifstream in{lines};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  BOOST_TEST((parse(text) == results_of("a", 0, 500)));
}

BOOST_AUTO_TEST_CASE(wrong_wishes_are_named) {
  const std::pair<std::string, std::string> cases[] = {
    {"--first=x", "vpaas results: --first=x: write a frame number\n"},
    {"--first=-1", "vpaas results: --first=-1: write a frame number\n"},
    {"--since=noon",
     "vpaas results: --since=noon: write how long ago, as 10min, or a time, as "
     "\"2026-03-01 14:30\"\n"},
    {"--ledger=/nonexistent.db",
     "vpaas results: failed to open the ledger /nonexistent.db: there is no "
     "such file; look at its disk\n"},
    {"--ledger=x --follow", "vpaas results: --ledger reads a database alone; "
                            "leave out --node and --follow\n"},
    {"cam-1", "vpaas results: unknown word \"cam-1\"; see --help\n"},
    {"--strem=x", "vpaas results: unknown option --strem; see --help\n"},
  };
  for (const auto& [options, expected] : cases) {
    auto x = run("vpaas", "results " + options);
    BOOST_TEST(x.status == 1, options);
    BOOST_TEST(x.text == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()
