// A person names what a fog was not sure of, and the fog says it: real
// processes, the networks that ship.

#include "support/programs.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using nlohmann::json;

using vpaas::test::ask_until;
using vpaas::test::child_process;
using vpaas::test::program;
using vpaas::test::run;
using vpaas::test::running_node;
using vpaas::test::temp_dir;

namespace {

/// A fog with the classifier that ships.
struct naming_fog {
  naming_fog(const std::string& folder, const std::string& cloud,
             const std::string& backend)
    : process({program("vpaas-fog"), "--node.port=0", "--node.network=lan",
               "--store.folder=" + folder, "--log.file=" + folder + ".log",
               "--fog.backup=null", "--node.cloud=" + cloud,
               "--node.backend=" + backend}) {
    auto line = process.line();
    BOOST_TEST_REQUIRE(line.find(" ready on ") != std::string::npos, line);
    address = line.substr(line.rfind(' ') + 1);
  }

  child_process process;
  std::string address;
};

class learning_nodes {
public:
  learning_nodes() {
    start_backend();
    cloud = std::make_unique<running_node>("cloud", std::vector<std::string>{});
    start_fog();
  }

  void start_backend() {
    std::vector<std::string> options{"--gateway.listen=127.0.0.1:0"};
    if (backend)
      options.push_back(
        "--node.port="
        + backend->address.substr(backend->address.rfind(':') + 1));
    backend.reset();
    backend = std::make_unique<running_node>("backend", options,
                                             dir.path("backend"));
  }

  void start_fog() {
    fog.reset();
    fog = std::make_unique<naming_fog>(dir.path("fog"), cloud->address,
                                       backend->address);
  }

  /// Of a command line that must succeed, what it prints.
  json tell(const std::string& words) const {
    auto x = run("vpaas", words + " --json --nodes=" + backend->address);
    BOOST_TEST_REQUIRE(x.status == 0, words << ": " << x.text);
    return json::parse(x.text);
  }

  temp_dir dir;
  std::unique_ptr<running_node> backend, cloud;
  std::unique_ptr<naming_fog> fog;
};

} // namespace

BOOST_AUTO_TEST_SUITE(learning_tests)

BOOST_AUTO_TEST_CASE(a_label_changes_what_the_fog_says) {
  learning_nodes all;
  auto add = run("vpaas",
                 "stream add door --source='synthetic://street?seed=3&seconds=0"
                 "&size=320x180' --every=5 --node="
                   + all.fog->address);
  BOOST_TEST_REQUIRE(add.status == 0, add.text);
  auto keeper = "backend-1/data_collector --nodes=" + all.backend->address;
  BOOST_TEST_REQUIRE(ask_until(
    keeper, [](const json& x) { return x["details"]["crops"] >= 2; }));
  auto crops = all.tell("label list --most=2")["crops"];
  BOOST_TEST_REQUIRE(crops.size() == 2u);
  auto id = crops[0]["id"].get<std::string>();
  BOOST_TEST(crops[0]["stream"] == "door");
  auto file = all.dir.path("crop.jpg");
  BOOST_TEST(all.tell("label show " + id + " --output=" + file)["bytes"] > 500);
  std::string words = "label add";
  for (auto& x : crops)
    words += " " + x["id"].get<std::string>();
  auto said = all.tell(words + " --label=zebra --as=eve");
  BOOST_TEST(said["entries"].size() == 2u);
  // The heads are on the fog, and in use.
  auto learnt = [](const json& x) {
    return x["details"]["passed"] >= 1 && x["details"]["behind"] == 0;
  };
  BOOST_TEST_REQUIRE(
    ask_until("backend-1/trainer --nodes=" + all.backend->address, learnt));
  auto uses = [](const json& x) {
    return x["details"]["model"].get<std::string>().find("learnt-")
           != std::string::npos;
  };
  BOOST_TEST(ask_until("fog-1/classifier --nodes=" + all.fog->address, uses));
  // What it says now.
  auto zebras = [&](const json&) {
    return run("vpaas", "results --since=10s --node=" + all.fog->address)
             .text.find("zebra")
           != std::string::npos;
  };
  BOOST_TEST(ask_until("fog-1/results --nodes=" + all.fog->address, zebras));

  // A fog that is killed takes its heads up by itself.
  all.fog->process.kill();
  all.start_fog();
  BOOST_TEST(ask_until("fog-1/classifier --nodes=" + all.fog->address, uses));

  // So does a backend with its labels; and they can be taken back.
  all.backend->process.kill();
  all.start_backend();
  auto log = all.tell("label log");
  BOOST_TEST(log["entries"].size() == 2u);
  BOOST_TEST(log["entries"][0]["who"] == "eve");
  auto same_fog = [](const json& x) { return x["details"]["fogs"] == 1; };
  BOOST_TEST(
    ask_until("backend-1/trainer --nodes=" + all.backend->address, same_fog));
  all.tell("label undo --annotator=eve");
  auto none = [](const json& x) { return x["details"]["standing"] == 0; };
  BOOST_TEST(ask_until(keeper, none));
  auto forgotten = [](const json& x) {
    return x["details"]["labels"] == 0 && x["details"]["passed"] >= 1
           && x["details"]["behind"] == 0;
  };
  BOOST_TEST(
    ask_until("backend-1/trainer --nodes=" + all.backend->address, forgotten));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_label_is_said_in_one_line) {
  learning_nodes all;
  auto at = " --nodes=" + all.backend->address;
  for (std::string words :
       {"label", "label fly", "label show x", "label add x",
        "label add x --label=car --background", "label undo", "label undo x",
        "label undo 7", "label add fog-1:door:1:0 --label=car",
        "label list --most=0", "label list --color=red"}) {
    auto x = run("vpaas", words + at);
    BOOST_TEST(x.status == 1, words << ": " << x.text);
    BOOST_TEST(std::count(x.text.begin(), x.text.end(), '\n') == 1, x.text);
    BOOST_TEST(x.text.find("vpaas label: ") == 0u, x.text);
  }
  BOOST_TEST(all.tell("label heads")["heads"].empty());
}

BOOST_AUTO_TEST_SUITE_END()
