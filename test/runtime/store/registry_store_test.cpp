#include "runtime/store/registry_store.hpp"

#include "runtime/error.hpp"
#include "runtime/store/data_store.hpp"
#include "support/postgres_server.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"
#include "support/yesterday.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::value_of;

namespace {

registry_store open(const std::string& connection) {
  database_config cfg;
  cfg.connection = connection;
  return value_of(registry_store::open(cfg));
}

artifact model(const std::string& name, const std::string& hash) {
  artifact result;
  result.name = name;
  result.content = "[model]\nname = \"" + name + "\"\n";
  result.files = {{"weights", "w.onnx", hash, 7}};
  result.author = "eve";
  return result;
}

deployment order(const std::string& what, const std::string& target = "fog") {
  deployment result;
  result.target = target;
  result.function = "backup_detector";
  result.parameter = "model";
  result.artifact = what;
  return result;
}

void counts_versions(const std::string& connection) {
  auto uut = open(connection);
  BOOST_TEST(value_of(uut.add(model("face", "aa"))).reference() == "face@1");
  BOOST_TEST(value_of(uut.add(model("face", "bb"))).reference() == "face@2");
  // The same is not registered twice, but what was before may come back.
  BOOST_TEST(value_of(uut.add(model("face", "bb"))).reference() == "face@2");
  BOOST_TEST(value_of(uut.add(model("face", "aa"))).reference() == "face@3");
  BOOST_TEST(value_of(uut.add(model("car", "aa"))).reference() == "car@1");
  auto again = open(connection);
  BOOST_TEST(value_of(again.artifacts()).size() == 4u);
  auto newest = value_of(again.find(artifact_kind::model, "face"));
  BOOST_TEST_REQUIRE(newest.has_value());
  BOOST_TEST(newest->version == 3u);
  auto second = value_of(again.find(artifact_kind::model, "face@2"));
  BOOST_TEST_REQUIRE(second.has_value());
  BOOST_TEST(second->files[0].sha256 == "bb");
  BOOST_TEST(!value_of(again.find(artifact_kind::model, "face@9")));
  BOOST_TEST(!value_of(again.find(artifact_kind::policy, "face")));
  BOOST_TEST(value_of(again.remove_artifact("model/face@2")));
  BOOST_TEST(!value_of(again.remove_artifact("model/face@2")));
}

void takes_deployments_back_one_by_one(const std::string& connection) {
  auto uut = open(connection);
  for (auto* x : {"face@1", "face@2", "face@2", "face@3"})
    BOOST_TEST(!uut.deploy(order(x)));
  BOOST_TEST(!uut.deploy(order("car@1", "fog-2")));
  auto now = value_of(uut.deployments());
  BOOST_TEST_REQUIRE(now.size() == 2u);
  BOOST_TEST(now[0].artifact == "face@3");
  BOOST_TEST(now[1].artifact == "car@1");
  auto gone = value_of(uut.withdraw(order("")));
  BOOST_TEST_REQUIRE(gone.has_value());
  BOOST_TEST(gone->artifact == "face@3");
  BOOST_TEST(value_of(uut.deployments())[0].artifact == "face@2");
  value_of(uut.withdraw(order("")));
  BOOST_TEST(value_of(uut.deployments())[0].artifact == "face@1");
  value_of(uut.withdraw(order("")));
  BOOST_TEST(!value_of(uut.withdraw(order(""))));
  BOOST_TEST(value_of(uut.deployments()).size() == 1u);
}

void keeps_streams(const std::string& connection) {
  auto uut = open(connection);
  desired_stream x;
  x.id = "fog-1/door";
  x.fog = "fog-1";
  x.name = "door";
  x.client = "client-1";
  x.parameters = document{json{{"source", "a.mp4"}, {"qp", 36}}};
  BOOST_TEST(!uut.keep(x));
  x.ended = true;
  BOOST_TEST(!uut.keep(x));
  auto all = value_of(open(connection).streams());
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST((all[0] == x));
  BOOST_TEST(value_of(uut.forget_stream(x.id)));
  BOOST_TEST(!value_of(uut.forget_stream(x.id)));
}

void keeps_assignments(const std::string& connection) {
  auto uut = open(connection);
  assignment x;
  x.id = "yard* weekends UTC";
  x.streams = "yard*";
  x.kind = artifact_kind::pipeline;
  x.artifact = "quiet@1";
  x.at = "weekends UTC";
  x.zone = "UTC0";
  BOOST_TEST(!uut.keep(x));
  x.artifact = "quiet@2";
  BOOST_TEST(!uut.keep(x));
  auto all = value_of(open(connection).assignments());
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST((all[0] == x));
  BOOST_TEST(value_of(uut.forget_assignment(x.id)));
  BOOST_TEST(!value_of(uut.forget_assignment(x.id)));
}

void keeps_the_profile(const std::string& connection) {
  auto uut = open(connection);
  BOOST_TEST(value_of(uut.profile()).profile == "");
  for (auto* name : {"night", "day"}) {
    profile_switch x;
    x.profile = name;
    x.author = "ann";
    BOOST_TEST(!uut.keep(x));
    BOOST_TEST(value_of(open(connection).profile()).profile == name);
  }
  BOOST_TEST(value_of(uut.profile()).author == "ann");
}

constexpr std::array cases{counts_versions, takes_deployments_back_one_by_one,
                           keeps_streams, keeps_assignments, keeps_the_profile};

} // namespace

BOOST_AUTO_TEST_SUITE(registry_store_tests)

BOOST_AUTO_TEST_CASE(in_sqlite) {
  for (auto f : cases) {
    test::temp_dir dir;
    f(dir.path("data.db"));
  }
}

BOOST_AUTO_TEST_CASE(in_postgresql) {
  for (auto f : cases) {
    test::postgres_server server;
    if (!server.runs()) {
      BOOST_TEST_MESSAGE("skipped: no PostgreSQL server");
      return;
    }
    f(server.connection());
  }
}

BOOST_AUTO_TEST_CASE(a_server_that_was_started_again_is_used_again) {
  test::postgres_server server;
  if (!server.runs()) {
    BOOST_TEST_MESSAGE("skipped: no PostgreSQL server");
    return;
  }
  auto uut = open(server.connection());
  BOOST_TEST(!uut.deploy(order("face@1")));
  server.stop();
  BOOST_TEST((uut.deploy(order("face@2")) == ec::io));
  BOOST_TEST((uut.deployments().error() == ec::io));
  server.start();
  BOOST_TEST_REQUIRE(server.runs());
  BOOST_TEST(!uut.deploy(order("face@2")));
  BOOST_TEST(value_of(uut.deployments())[0].artifact == "face@2");
}

BOOST_AUTO_TEST_CASE(it_stands_in_the_data_store_of_the_version_before) {
  test::temp_dir dir;
  auto file = test::yesterday(dir, "data.db");
  auto uut = open(file);
  BOOST_TEST(value_of(uut.artifacts()).empty());
  BOOST_TEST(!uut.deploy(order("face@1")));
  database_config cfg;
  cfg.connection = file;
  auto store = value_of(data_store::open(cfg));
  auto eve = value_of(store.find_user("eve"));
  BOOST_TEST_REQUIRE(eve.has_value());
  BOOST_TEST((eve->may == role::operate));
  BOOST_TEST(value_of(store.tokens()).size() == 1u);
  BOOST_TEST(value_of(store.audit(0, 10)).size() == 1u);
  BOOST_TEST(value_of(uut.deployments()).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
