// Models from a file to what nodes run, in processes of their own.

#include "support/programs.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <set>

using namespace vpaas;
using nlohmann::json;
using test::ask_until;
using test::running_node;

namespace {

/// A backend, a cloud and a fog, whose networks are none before something is
/// deployed, and a cache for what is imported here.
struct fixture {
  fixture() {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    auto joined = size_t{0};
    while (joined < 2 && std::chrono::steady_clock::now() < end) {
      auto x = vpaas("nodes --json");
      joined = x.status == 0 ? json::parse(x.text).size() : 0;
    }
    BOOST_TEST_REQUIRE(joined == 2u);
  }

  std::string nodes() const {
    return " --nodes=" + backend.address + "," + fog.address + ","
           + client.address;
  }

  test::outcome vpaas(const std::string& options) {
    return shell(test::program("vpaas") + " " + options + nodes());
  }

  test::outcome shell(const std::string& command) {
    auto output = dir.path("output");
    auto path = std::filesystem::path{test::program("vpaas")}.parent_path();
    test::child_process child{{"timeout", "240", "env",
                               "XDG_CACHE_HOME=" + dir.path("cache"), "sh",
                               "-c",
                               "PATH=" + path.string() + ":$PATH; " + command
                                 + " >" + output + " 2>&1"}};
    auto status = child.finish();
    std::ifstream in{output};
    return {status, {std::istreambuf_iterator<char>{in}, {}}};
  }

  /// What the fog's detector runs, before long.
  bool runs(const std::string& model) {
    return ask_until(
      "fog-1/backup_detector --nodes=" + fog.address,
      [&](const json& x) { return x["details"]["model"] == model; });
  }

  test::temp_dir dir;
  running_node backend{"backend", {}};
  running_node cloud{"cloud", {"--node.backend=" + backend.address}};
  running_node fog{
    "fog",
    {"--node.backend=" + backend.address, "--node.cloud=" + cloud.address},
    dir.path("fog")};
  running_node client{"client", {"--node.fog=" + fog.address}};
};

const std::string weights = "config/models/weights/";

} // namespace

BOOST_FIXTURE_TEST_SUITE(deployment_program_tests, fixture)

BOOST_AUTO_TEST_CASE(the_face_application_takes_model_files_to_results) {
  BOOST_TEST_REQUIRE(
    ask_until("fog-1/cloud_link --nodes=" + fog.address,
              [](const json& x) { return x["state"] == "up"; }));
  auto x = shell("scripts/face_application " + weights
                 + " 'synthetic://street?seed=3&seconds=6'" + nodes());
  BOOST_TEST(x.status == 0, x.text);
  for (auto* said : {"registered face@1", "registered face-backup@1",
                     "cloud-1: face@1 serves", "fog-1: face-backup@1 serves",
                     "added door", "\"door\""})
    BOOST_TEST(x.text.find(said) != std::string::npos, x.text);
  BOOST_TEST(x.text.find("\"located\"") != std::string::npos, x.text);
}

BOOST_AUTO_TEST_CASE(a_model_that_is_no_good_leaves_the_one_before) {
  auto x = vpaas("model register small " + weights + "street-backup.cfg "
                 + weights + "street-backup.weights --like=street-backup");
  BOOST_TEST(x.status == 0, x.text);
  x = vpaas("model deploy small --on=fog-1");
  BOOST_TEST(x.status == 0, x.text);
  // The same again is the same version.
  x = vpaas("model register small " + weights + "street-backup.cfg " + weights
            + "street-backup.weights --like=street-backup --json");
  BOOST_TEST(x.status == 0, x.text);
  BOOST_TEST(json::parse(x.text.substr(x.text.find('{')))["version"] == 1);
  x = vpaas("model register street-backbone");
  BOOST_TEST(x.status == 0, x.text);
  x = vpaas("model deploy street-backbone --on=fog-1 "
            "--function=backup_detector");
  BOOST_TEST(x.status == 1, x.text);
  BOOST_TEST(x.text.find("fog-1 refused street-backbone@1")
               != std::string::npos,
             x.text);
  BOOST_TEST(runs("small@1 fp32"));
  x = vpaas("model rollback --on=fog-1");
  BOOST_TEST(x.status == 0, x.text);
  BOOST_TEST(x.text.find("small@1 serves") != std::string::npos, x.text);
  x = vpaas("model rollback --on=fog-1");
  BOOST_TEST(x.status == 0, x.text);
  BOOST_TEST(runs("null@1"));
  x = vpaas("model rollback --on=fog-1");
  BOOST_TEST(x.status == 1, x.text);
  BOOST_TEST(x.text.find("nothing is deployed on fog-1") != std::string::npos,
             x.text);
}

BOOST_AUTO_TEST_CASE(a_fog_runs_what_was_deployed_without_its_backend) {
  auto x = vpaas("model register small " + weights + "street-backup.cfg "
                 + weights + "street-backup.weights --like=street-backup");
  BOOST_TEST(x.status == 0, x.text);
  x = vpaas("model deploy small@1 --on=fog");
  BOOST_TEST(x.status == 0, x.text);
  BOOST_TEST(backend.stop() == 0);
  fog.process.signal(SIGKILL);
  fog.process.finish();
  running_node again{"fog", {"--node.cloud=" + cloud.address}, dir.path("fog")};
  BOOST_TEST(ask_until(
    "fog-1/backup_detector --nodes=" + again.address,
    [](const json& y) { return y["details"]["model"] == "small@1 fp32"; }));
}

BOOST_AUTO_TEST_CASE(a_stream_is_there_after_the_restart_of_its_fog) {
  auto street = "'synthetic://street?seed=3&seconds=600&size=320x180&fps=10' "
                "--real_time=true";
  auto x = vpaas(std::string{"stream add door --source="} + street);
  BOOST_TEST(x.status == 0, x.text);
  x = vpaas(std::string{"stream add gate --source="} + street);
  BOOST_TEST(x.status == 0, x.text);
  x = vpaas(std::string{"stream add yard --client=client-1 --source="}
            + street);
  BOOST_TEST(x.status == 0, x.text);
  x = vpaas("stream remove gate");
  BOOST_TEST(x.status == 0, x.text);
  fog.process.signal(SIGKILL);
  fog.process.finish();
  auto port = fog.address.substr(fog.address.rfind(':') + 1);
  running_node again{"fog",
                     {"--node.backend=" + backend.address,
                      "--node.cloud=" + cloud.address, "--node.port=" + port},
                     dir.path("fog")};
  std::set<std::string> streams;
  BOOST_TEST(ask_until("fog-1 --nodes=" + again.address, [&](const json& all) {
    streams.clear();
    for (auto& y : all)
      if (y["kind"] == "coordinator" && y["state"] == "ready")
        streams.insert(y["path"]);
    return streams.size() == 2;
  }));
  BOOST_TEST(streams.count("streams/door/coordinator") == 1u);
  BOOST_TEST(streams.count("streams/yard/coordinator") == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_ended_stays_ended) {
  auto street = "synthetic://street?seed=3&size=320x180&fps=10&seconds=";
  auto file = dir.path("short.mp4");
  auto x
    = shell(std::string{"vpaas record '"} + street + "2' --output=" + file);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  // By their names the one that ended is looked at before the other.
  x = vpaas("stream add door --source=" + file);
  BOOST_TEST(x.status == 0, x.text);
  x = vpaas(std::string{"stream add yard --real_time=true --source='"} + street
            + "600'");
  BOOST_TEST(x.status == 0, x.text);
  auto noted
    = ask_until("backend-1/stream_keeper --nodes=" + backend.address,
                [](const json& y) { return y["details"]["ended"] == 1; });
  BOOST_TEST_REQUIRE(noted);
  fog.process.signal(SIGKILL);
  fog.process.finish();
  auto port = fog.address.substr(fog.address.rfind(':') + 1);
  running_node again{"fog",
                     {"--node.backend=" + backend.address,
                      "--node.cloud=" + cloud.address, "--node.port=" + port},
                     dir.path("fog")};
  std::set<std::string> paths;
  BOOST_TEST(ask_until("fog-1 --nodes=" + again.address, [&](const json& all) {
    paths.clear();
    for (auto& y : all)
      paths.insert(y["path"]);
    return paths.count("streams/yard/coordinator") != 0;
  }));
  BOOST_TEST(paths.count("streams/door") == 0u);
  x = vpaas("stream list --json");
  BOOST_TEST(x.text.find("\"yard\"") != std::string::npos, x.text);
  BOOST_TEST(x.text.find("\"door\"") == std::string::npos, x.text);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_said_in_one_line) {
  auto fails = [&](const std::string& options, const std::string& cause) {
    auto x = vpaas(options);
    BOOST_TEST(x.status == 1, options);
    BOOST_TEST(x.text.find(cause) != std::string::npos, x.text);
    BOOST_TEST(std::count(x.text.begin(), x.text.end(), '\n') == 1, x.text);
  };
  fails("model deploy no-such --on=fog", "there is no model \"no-such\"");
  fails("model register no-such", "no card of that name");
  fails("model deploy x", "say where");
  fails("model deploy x --on=mars", "knows no node \"mars\"");
  fails("model register ../x config/models/weights/street-heads.json",
        "is no name");
  fails("model rollback --on=cloud", "nothing is deployed on cloud");
  fails("model deploy", "name a model");
}

BOOST_AUTO_TEST_SUITE_END()
