// What operators ask the gateway for about policies.

#include "actors/control/registry.hpp"
#include "runtime/error.hpp"
#include "support/gateway_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::https_client;

namespace {

/// A gateway beside a registry, which takes all scripts but nonsense.
struct policy_system : test::gateway_system {
  policy_system() {
    registry_config x;
    x.database.connection = dir.path("data.db");
    x.folder = dir.path("files");
    x.check = [](const artifact& y, const auto&) {
      return y.content == "nonsense" ? caf::make_error(
               ec::bad_config, y.name + ".lua:1: no such word")
                                     : caf::error{};
    };
    started.push_back(
      caf::actor_cast<caf::actor>(sys.spawn<caf::detached>(registry, x)));
    caf::anon_send(node, enter_atom_v, std::string{registry_name},
                   started.back());
  }

  static https_client::answer put(https_client& x, const std::string& name,
                                  const std::string& script) {
    return x.ask("PUT", "/api/v1/policies/" + name,
                 json{{"script", script}}.dump());
  }

  static https_client::answer use(https_client& x, const std::string& name,
                                  const std::string& streams,
                                  const std::string& at = "") {
    return x.ask(
      "POST", "/api/v1/assignments",
      json{{"policy", name}, {"streams", streams}, {"at", at}}.dump());
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(policy_routes_tests)

BOOST_AUTO_TEST_CASE(policies_are_registered_assigned_listed_and_ended) {
  policy_system all;
  auto x = all.logged_in("admin");
  auto made = all.put(x, "night", "function decide() return {} end");
  BOOST_TEST_REQUIRE(made.status == 200, made.text);
  BOOST_TEST(made.json()["version"] == 1);
  BOOST_TEST(made.json()["author"] == "admin");
  auto bad = all.put(x, "night", "nonsense");
  BOOST_TEST(bad.status == 400, bad.text);
  BOOST_TEST(bad.text.find("night.lua:1: no such word") != std::string::npos);
  made = all.use(x, "night", "*", "22:00-06:00 UTC");
  BOOST_TEST_REQUIRE(made.status == 200, made.text);
  BOOST_TEST(made.json()["artifact"] == "night@1");
  BOOST_TEST(made.json()["zone"] == "UTC0");
  BOOST_TEST(all.use(x, "day", "*").status == 404);
  BOOST_TEST(all.use(x, "night", "*", "at night UTC").status == 400);
  auto listed = x.ask("GET", "/api/v1/policies").json();
  BOOST_TEST(listed["scripts"].size() == 1u);
  BOOST_TEST(listed["assignments"].size() == 1u);
  auto path = "/api/v1/assignments?streams=*&at=22:00-06:00%20UTC";
  BOOST_TEST(x.ask("DELETE", path, "{}").status == 200);
  BOOST_TEST(x.ask("DELETE", path, "{}").status == 404);
}

BOOST_AUTO_TEST_CASE(profiles_are_listed_and_switched) {
  policy_system all;
  auto x = all.logged_in("admin");
  BOOST_TEST(all.put(x, "night", "decide").status == 200);
  auto add = [&](const std::string& streams) {
    json body{{"policy", "night"}, {"streams", streams}, {"profile", "dark"}};
    return x.ask("POST", "/api/v1/assignments", body.dump()).status;
  };
  auto use = [](https_client& y, const std::string& name) {
    return y.ask("PUT", "/api/v1/profile", json{{"profile", name}}.dump());
  };
  BOOST_TEST(use(x, "dark").status == 404);
  BOOST_TEST(add("door") == 200);
  BOOST_TEST(add("yard") == 200);
  auto made = use(x, "dark");
  BOOST_TEST_REQUIRE(made.status == 200, made.text);
  BOOST_TEST(made.json()["author"] == "admin");
  auto listed = x.ask("GET", "/api/v1/profiles").json();
  BOOST_TEST(listed["on"] == "dark");
  BOOST_TEST(listed["profiles"]["dark"].size() == 2u);
  // Who sees some cameras sees what is on, and of theirs what that says.
  auto some = all.logged_in("operator");
  listed = some.ask("GET", "/api/v1/profiles").json();
  BOOST_TEST(listed["on"] == "dark");
  BOOST_TEST(listed["profiles"]["dark"].size() == 1u);
  BOOST_TEST(use(some, "").status == 404);
  BOOST_TEST(use(x, "").status == 200);
  BOOST_TEST(x.ask("GET", "/api/v1/profiles").json()["on"] == "");
  auto path = "/api/v1/assignments?streams=door";
  BOOST_TEST(x.ask("DELETE", path, "{}").status == 404);
  BOOST_TEST(x.ask("DELETE", std::string{path} + "&profile=dark", "{}").status
             == 200);
}

BOOST_AUTO_TEST_CASE(an_operator_assigns_to_his_cameras) {
  policy_system all;
  auto x = all.logged_in("operator"); // of the door
  BOOST_TEST(all.put(x, "night", "decide").status == 200);
  for (std::string streams : {"yard", "*", "door*", "d*"})
    BOOST_TEST(all.use(x, "night", streams).status == 404, streams);
  BOOST_TEST(all.use(x, "night", "door").status == 200);
  auto admin = all.logged_in("admin");
  BOOST_TEST(all.use(admin, "night", "yard").status == 200);
  auto listed = x.ask("GET", "/api/v1/policies").json();
  BOOST_TEST_REQUIRE(listed["assignments"].size() == 1u);
  BOOST_TEST(listed["assignments"][0]["streams"] == "door");
  BOOST_TEST(x.ask("DELETE", "/api/v1/assignments?streams=yard", "{}").status
             == 404);
  auto nobody = all.browser();
  BOOST_TEST(all.put(nobody, "night", "x").status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
