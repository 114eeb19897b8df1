#pragma once

#include "actors/control/data_store.hpp"
#include "actors/control/monitor.hpp"
#include "actors/gateway/gateway.hpp"
#include "actors/node.hpp"
#include "actors/supervisor.hpp"
#include "messages/registry.hpp"
#include "support/https.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>

#include <future>
#include <map>
#include <string>

namespace vpaas::test {

/// Says of itself what it was told to say.
inline observable_actor::behavior_type saying(observable_actor::pointer,
                                              status_report x) {
  return {
    [x](status_atom) { return x; },
    [](ready_atom) {
      // nop
    },
  };
}

/// A fog alone with page and API, two streams that do nothing, `door` and
/// `yard`, and a user of each role who sees the door.
class gateway_system {
public:
  static constexpr const char* password = "correct horse battery";

  gateway_system() {
    node_config cfg;
    cfg.info.name = "fog-1";
    cfg.info.tier = "fog";
    cfg.start_tree = [this](const caf::actor& at) { return start_tree(at); };
    node = sys.spawn(vpaas::node, cfg);
    caf::anon_send(node, start_atom_v, cfg.info);
    start_store();
    start_monitor();
    start_gateway();
    make_users();
  }

  ~gateway_system() {
    for (auto& x : started)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(tree, caf::exit_reason::kill);
    caf::anon_send_exit(node, caf::exit_reason::kill);
  }

  https_client browser() const {
    return https_client{port};
  }

  /// One who is logged in, with his cookie and the token against forgery.
  https_client logged_in(const std::string& name) const {
    auto result = browser();
    log_in(result, name, password);
    return result;
  }

  static https_client::answer log_in(https_client& x, const std::string& name,
                                     const std::string& with) {
    auto found = x.ask("POST", "/api/v1/login",
                       json{{"name", name}, {"password", with}}.dump());
    keep_login(x, found);
    return found;
  }

  static void keep_login(https_client& x, const https_client::answer& found) {
    auto cookie = found.headers.find("Set-Cookie");
    if (found.status != 200 || cookie == found.headers.end())
      return;
    x.headers.erase("Cookie");
    x.headers.erase("X-CSRF-Token");
    x.headers.emplace("Cookie",
                      cookie->second.substr(0, cookie->second.find(';')));
    x.headers.emplace("X-CSRF-Token", found.json()["csrf"].get<std::string>());
  }

  struct config : caf::actor_system_config {
    config() {
      register_messages(*this);
      set("logger.file-verbosity", caf::atom("quiet"));
    }
  };

  temp_dir dir;
  config cfg;
  caf::actor_system sys{cfg};
  node_actor node;
  supervisor_actor tree;
  uint16_t port = 0;
  std::string first_password;
  std::vector<caf::actor> started;

private:
  supervisor_actor start_tree(const caf::actor& at) {
    auto stream = [](const std::string& name) {
      child_spec result;
      result.name = name;
      result.kind = supervisor_kind;
      child_spec one;
      one.name = one.kind = "coordinator";
      one.parameters.set("stream", name);
      result.children.push_back(one);
      return result;
    };
    child_spec streams;
    streams.name = "streams";
    streams.kind = supervisor_kind;
    streams.children = {stream("door"), stream("yard")};
    supervisor_config how;
    how.node = at;
    how.children = {streams};
    how.factory = [this](const child_spec& x, const std::string&,
                         const caf::actor&) -> caf::expected<caf::actor> {
      status_report says;
      says.kind = "coordinator";
      says.state = "ready";
      says.details.set("stream", x.name == "coordinator"
                                   ? x.parameters.value().at("stream")
                                   : json{});
      for (auto& [key, n] : std::map<std::string, unsigned>{{"received", 7},
                                                            {"answered", 5},
                                                            {"in_flight", 1},
                                                            {"spooled", 0}})
        says.details.set(key, n);
      says.details.set("outage", "cloud");
      says.details.set("dropped", json::object({{"late", 1u}}));
      says.details.set("last_error", "rtsp://eve:hunter2hunter2@10.0.0.7/1");
      return caf::actor_cast<caf::actor>(sys.spawn(saying, says));
    };
    tree = sys.spawn(supervisor, how);
    return tree;
  }

  void enter(const std::string& name, const caf::actor& x) {
    started.push_back(x);
    caf::anon_send(node, enter_atom_v, name, x);
  }

  void start_store() {
    data_store_config x;
    x.database.connection = dir.path("data.db");
    std::promise<std::string> told;
    x.tell = [&](const std::string&, const std::string& it) {
      told.set_value(it);
    };
    auto first = told.get_future();
    enter("data_store", caf::actor_cast<caf::actor>(
                          sys.spawn<caf::detached>(data_store_keeper, x)));
    first_password = first.get();
  }

  void start_monitor() {
    monitor_config x;
    x.node = caf::actor_cast<caf::actor>(node);
    x.period = std::chrono::milliseconds(50);
    enter("monitor", caf::actor_cast<caf::actor>(sys.spawn(monitor, x)));
  }

  void start_gateway() {
    gateway_config x;
    x.node = caf::actor_cast<caf::actor>(node);
    x.certificate_stem = dir.path("keys/page");
    x.known.version = "1";
    x.known.pipelines = [] { return json::array({{{"name", "high_low"}}}); };
    std::promise<std::string> told;
    x.tell = [&](const std::string& it, const std::string&) {
      told.set_value(it);
    };
    auto address = told.get_future();
    enter("gateway",
          caf::actor_cast<caf::actor>(sys.spawn<caf::detached>(gateway, x)));
    auto text = address.get(); // https://127.0.0.1:PORT/
    port = static_cast<uint16_t>(std::stoi(text.substr(text.rfind(':') + 1)));
  }

  void change(https_client& x, const std::string& from, const std::string& to) {
    auto found = x.ask("POST", "/api/v1/password",
                       json{{"old", from}, {"new", to}}.dump());
    BOOST_TEST_REQUIRE(found.status == 200, found.text);
    keep_login(x, found);
  }

  void make_users() {
    auto admin = browser();
    log_in(admin, "admin", first_password);
    change(admin, first_password, password);
    for (auto* name : {"viewer", "annotator", "operator"}) {
      json wanted{{"password", "his first password"},
                  {"role", name},
                  {"cameras", {"door"}}};
      auto kept = admin.ask("PUT", std::string{"/api/v1/users/"} + name,
                            wanted.dump());
      BOOST_TEST_REQUIRE(kept.status == 200, kept.text);
      auto x = browser();
      log_in(x, name, "his first password");
      change(x, "his first password", password);
    }
    // All streams are seen.
    https_client::answer seen;
    for (auto i = 0; i < 100; ++i) {
      seen = admin.ask("GET", "/api/v1/streams");
      if (seen.json()["streams"].size() == 2)
        return;
    }
    BOOST_FAIL("the monitor sees no streams: " << seen.text);
  }
};

} // namespace vpaas::test
