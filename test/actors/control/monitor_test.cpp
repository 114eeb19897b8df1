#include "actors/control/monitor.hpp"

#include "actors/node.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// A node that says what it is told to.
struct played_node {
  node_info info;
  std::vector<node_info> knows;
  std::map<std::string, caf::actor> others;
  std::vector<tree_entry> tree;
  bool silent = false;
  int asked = 0; ///< for the status of an actor
};

caf::behavior play(caf::event_based_actor* self, played_node* x) {
  auto hold = [=] { return self->make_response_promise(); };
  return {
    [=](nodes_atom) {
      auto all = x->knows;
      all.insert(all.begin(), x->info);
      return all;
    },
    [=](resolve_atom, const node_info& who) -> caf::result<caf::actor> {
      if (x->others.count(who.name) == 0)
        return caf::sec::unexpected_message;
      return x->others[who.name];
    },
    [=](tree_atom) -> caf::result<std::vector<tree_entry>> {
      if (x->silent) {
        hold();
        return caf::delegated<std::vector<tree_entry>>{};
      }
      return x->tree;
    },
    [=](status_atom, const std::string& path) {
      ++x->asked;
      return status_report{path.empty() ? "node" : "coordinator", "ready", 0,
                           document{{{"path", path}}}};
    },
  };
}

node_info info_of(const std::string& name, const std::string& tier) {
  node_info result;
  result.name = name;
  result.tier = tier;
  return result;
}

tree_entry actor_at(const std::string& path, const std::string& kind) {
  tree_entry result;
  result.path = path;
  result.kind = kind;
  result.state = "ready";
  return result;
}

struct fixture : test::test_system {
  fixture() {
    here.info = info_of("backend-1", "backend");
    fog.info = info_of("fog-1", "fog");
    camera.info = info_of("client-1", "client");
    fog.tree = {actor_at("", "supervisor"),
                actor_at("streams/door/coordinator", "coordinator"),
                actor_at("decoder", "decoder")};
    here.knows = {fog.info};
    fog.knows = {here.info, camera.info};
    nodes = {sys.spawn(play, &here), sys.spawn(play, &fog),
             sys.spawn(play, &camera)};
    here.others["fog-1"] = nodes[1];
    fog.others["client-1"] = nodes[2];
    monitor_config cfg;
    cfg.node = nodes[0];
    uut = sys.spawn(monitor, cfg);
    run();
  }

  ~fixture() {
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    for (auto& x : nodes)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    run();
  }

  std::shared_ptr<const system_view> view() {
    std::shared_ptr<const system_view> result;
    auto asked = self->request(uut, caf::infinite, read_atom_v);
    run();
    asked.receive([&](const system_snapshot& x) { result = x.all; },
                  [](caf::error&) { BOOST_ERROR("no view"); });
    return result;
  }

  viewed_node node_called(const std::string& name) {
    auto all = view();
    for (auto& x : all->nodes)
      if (x.info.name == name)
        return x;
    return {};
  }

  played_node here, fog, camera;
  std::vector<caf::actor> nodes;
  monitor_actor uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(monitor_tests, fixture)

BOOST_AUTO_TEST_CASE(it_sees_nodes_and_the_clients_of_fogs) {
  advance(1s);
  BOOST_TEST(view()->nodes.size() == 3u);
  for (auto* name : {"backend-1", "fog-1", "client-1"})
    BOOST_TEST(node_called(name).state == "up",
               name << node_called(name).state << node_called(name).problem);
}

BOOST_AUTO_TEST_CASE(it_asks_all_actors_but_supervisors) {
  advance(1s);
  auto x = node_called("fog-1");
  BOOST_REQUIRE(x.tree);
  BOOST_TEST(x.tree->size() == 3u);
  BOOST_TEST(x.actors.count("decoder") == 1u);
  BOOST_TEST(x.actors.count("streams/door/coordinator") == 1u);
  BOOST_TEST(x.actors.count("") == 1u); // the node itself
  BOOST_TEST(x.actors.size() == 3u);
}

BOOST_AUTO_TEST_CASE(streams_are_asked_more_often_than_others) {
  advance(1s);
  fog.asked = 0;
  for (int i = 0; i < 60; ++i)
    advance(1s);
  BOOST_TEST(fog.asked >= 30 + 10); // and the node itself
  BOOST_TEST(fog.asked <= 30 + 10 + 12);
}

BOOST_AUTO_TEST_CASE(a_silent_node_is_said_and_what_was_seen_stays) {
  advance(1s);
  fog.silent = true;
  for (int i = 0; i < 5; ++i)
    advance(1s);
  auto x = node_called("fog-1");
  BOOST_TEST(x.state == "silent");
  BOOST_TEST(x.tree->size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_node_that_left_is_away_until_it_is_back) {
  advance(1s);
  here.knows.clear();
  for (int i = 0; i < 3; ++i)
    advance(1s);
  BOOST_TEST(node_called("fog-1").state == "away");
  BOOST_TEST(!node_called("fog-1").handle);
  here.knows = {fog.info};
  for (int i = 0; i < 2; ++i)
    advance(1s);
  BOOST_TEST(node_called("fog-1").state == "up");
}

BOOST_AUTO_TEST_CASE(a_node_that_is_killed_is_away_at_once) {
  advance(1s);
  fog.silent = true; // it has a question, and does not answer any more
  advance(1s);
  BOOST_TEST(node_called("fog-1").state == "up");
  caf::anon_send_exit(nodes[1], caf::exit_reason::kill);
  run();
  BOOST_TEST(node_called("fog-1").state == "away");
  BOOST_TEST(!node_called("fog-1").handle);
  advance(5s); // nothing of what was asked of it makes it silent
  BOOST_TEST(node_called("fog-1").state == "away");
}

BOOST_AUTO_TEST_CASE(
  a_node_of_the_same_name_is_seen_in_the_place_of_a_dead_one) {
  advance(1s);
  caf::anon_send_exit(nodes[1], caf::exit_reason::kill);
  run();
  auto again = sys.spawn(play, &fog);
  nodes.push_back(again);
  here.others["fog-1"] = again;
  advance(1s);
  BOOST_TEST(node_called("fog-1").state == "up");
  BOOST_TEST((node_called("fog-1").handle == again));
}

BOOST_AUTO_TEST_CASE(actors_that_are_gone_are_forgotten) {
  advance(1s);
  fog.tree.resize(1);
  for (int i = 0; i < 2; ++i)
    advance(1s);
  BOOST_TEST(node_called("fog-1").actors.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
