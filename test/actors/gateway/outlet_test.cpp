#include "actors/gateway/outlet.hpp"

#include "actors/gateway/hearing.hpp"
#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// A fog that the monitor sees, its ledger, and who is told.
struct world {
  std::vector<event> events;
  std::string outage = "cloud";
  bool deaf = false; ///< who is told takes nothing
  std::vector<notice> told;
  caf::actor monitor, ledger, results, subscriber;
  caf::actor node;

  system_snapshot view() const {
    auto all = std::make_shared<system_view>();
    viewed_node fog;
    fog.info.name = "fog-1";
    fog.state = "up";
    fog.handle = caf::actor_cast<node_actor>(node);
    std::vector<tree_entry> tree;
    for (auto* path : {"ledger", "results"}) {
      tree_entry x;
      x.path = x.kind = path;
      x.state = "ready";
      tree.push_back(x);
    }
    fog.tree = std::make_shared<const std::vector<tree_entry>>(tree);
    fog.actors["streams/door/coordinator"] = std::make_shared<status_report>(
      status_report{"coordinator", "ready", 0,
                    document{{{"stream", "door"}, {"outage", outage}}}});
    all->nodes.push_back(fog);
    return {all};
  }
};

caf::behavior play_node(caf::event_based_actor*, world* x) {
  return {
    [=](resolve_atom, const std::string& name) -> caf::result<caf::actor> {
      if (name == "monitor")
        return x->monitor;
      if (name == "ledger")
        return x->ledger;
      return x->results;
    }};
}

caf::behavior play_monitor(caf::event_based_actor*, world* x) {
  return {[=](read_atom) { return x->view(); }};
}

caf::behavior play_ledger(caf::event_based_actor*, world* x) {
  return {[=](find_atom, const event_query& query) {
    std::vector<event> result;
    for (auto& y : x->events)
      if (y.id > query.after && y.time >= query.since
          && result.size() < query.most)
        result.push_back(y);
    return result;
  }};
}

caf::behavior play_results(caf::event_based_actor*, world* x) {
  return {[=](subscribe_atom, const std::string&, const caf::actor& who) {
    x->subscriber = who;
  }};
}

struct fixture : test::test_system {
  fixture() {
    all.node = sys.spawn(play_node, &all);
    all.monitor = sys.spawn(play_monitor, &all);
    all.ledger = sys.spawn(play_ledger, &all);
    all.results = sys.spawn(play_results, &all);
    cfg.node = all.node;
    cfg.what = "webhook";
    cfg.position = dir.path("position");
    cfg.tell = [this](const std::vector<notice>& xs) {
      if (all.deaf)
        return caf::make_error(ec::io, "it answered 503");
      all.told.insert(all.told.end(), xs.begin(), xs.end());
      return caf::error{};
    };
  }

  ~fixture() {
    end();
    all.subscriber = nullptr;
    for (auto* x : {&all.node, &all.monitor, &all.ledger, &all.results}) {
      caf::anon_send_exit(*x, caf::exit_reason::kill);
      *x = nullptr;
    }
    run();
  }

  void start() {
    uut = sys.spawn(outlet, cfg);
    run();
  }

  void end() {
    if (uut)
      caf::anon_send_exit(uut, caf::exit_reason::kill);
    uut = nullptr;
    run();
  }

  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i)
      advance(1s);
  }

  /// Raises so many events in `door`.
  void happen(int n) {
    for (int i = 0; i < n; ++i) {
      event x;
      x.id = all.events.size() + 1;
      x.stream = "door";
      x.kind = "passed";
      x.time = caf::make_timestamp() + 1h; // after anything began
      all.events.push_back(x);
    }
  }

  /// Ids of the events that were told, in order.
  std::vector<uint64_t> ids() const {
    std::vector<uint64_t> result;
    for (auto& x : all.told)
      if (x.what == notice::kind::event)
        result.push_back(x.id);
    return result;
  }

  size_t count(notice::kind what) const {
    return static_cast<size_t>(
      std::count_if(all.told.begin(), all.told.end(),
                    [&](auto& x) { return x.what == what; }));
  }

  status_report status() {
    status_report result;
    auto asked = self->request(uut, caf::infinite, status_atom_v);
    run();
    asked.receive([&](const status_report& x) { result = x; },
                  [](caf::error&) { BOOST_ERROR("no status"); });
    return result;
  }

  test::temp_dir dir;
  world all;
  outlet_config cfg;
  listener_actor uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outlet_tests, fixture)

BOOST_AUTO_TEST_CASE(events_are_told_in_order_once) {
  start();
  happen(3);
  pass(3);
  happen(1);
  pass(3);
  BOOST_TEST((ids() == std::vector<uint64_t>{1, 2, 3, 4}));
  BOOST_TEST(all.told.front().body["node"] == "fog-1");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_is_told_later) {
  all.deaf = true;
  start();
  happen(3);
  pass(20);
  BOOST_TEST(ids().empty());
  BOOST_TEST(status().state == "retrying");
  BOOST_TEST(status().details.get<std::string>("last_error").find("503")
             != std::string::npos);
  all.deaf = false;
  pass(60);
  BOOST_TEST((ids() == std::vector<uint64_t>{1, 2, 3}));
  BOOST_TEST(status().state == "ready");
}

BOOST_AUTO_TEST_CASE(it_is_not_tried_at_every_moment) {
  all.deaf = true;
  start();
  happen(1);
  pass(120);
  auto failures = status().details.get<uint64_t>("failures");
  BOOST_TEST(failures >= 6u); // 1, 2, 4 ... 60 s
  BOOST_TEST(failures <= 9u);
}

BOOST_AUTO_TEST_CASE(a_restart_loses_no_event) {
  start();
  happen(2);
  pass(2);
  all.deaf = true;
  happen(2);
  pass(2);
  end();
  happen(1);
  all.deaf = false;
  start();
  pass(3);
  BOOST_TEST((ids() == std::vector<uint64_t>{1, 2, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(many_events_wait_where_they_are) {
  all.deaf = true;
  start();
  happen(1000);
  pass(30);
  BOOST_TEST(status().details.get<uint64_t>("waiting") <= 200u);
  all.deaf = false;
  pass(200);
  BOOST_TEST(ids().size() == 1000u);
  BOOST_TEST(status().details.get<uint64_t>("dropped") == 0u);
}

BOOST_AUTO_TEST_CASE(alarms_are_raised_and_cleared) {
  start();
  pass(2);
  BOOST_TEST(count(notice::kind::alarm) == 0u);
  all.outage = "fog";
  pass(5);
  BOOST_TEST(count(notice::kind::alarm) == 1u);
  all.outage = "cloud";
  pass(15);
  BOOST_REQUIRE(count(notice::kind::alarm) == 2u);
  BOOST_TEST(all.told.back().body["change"] == "cleared");
  BOOST_TEST(all.told.back().body["subject"] == "door");
}

BOOST_AUTO_TEST_CASE(states_are_told_when_they_change_or_are_forgotten) {
  uint64_t connects = 1;
  cfg.states = true;
  cfg.generation = [&] { return connects; };
  start();
  pass(5);
  BOOST_TEST(count(notice::kind::state) == 1u);
  all.outage = "fog";
  pass(5);
  BOOST_TEST(count(notice::kind::state) == 2u);
  connects = 2;
  pass(5);
  BOOST_TEST(count(notice::kind::state) == 3u);
  end();
}

BOOST_AUTO_TEST_CASE(results_are_told_where_they_are_wanted) {
  start();
  BOOST_TEST(!all.subscriber);
  end();
  cfg.states = cfg.results = true;
  start();
  pass(1);
  BOOST_REQUIRE(bool{all.subscriber});
  frame_result x;
  x.stream = "door";
  x.frame = 15;
  caf::anon_send(all.subscriber, result_atom_v, std::vector<frame_result>{x});
  run();
  BOOST_REQUIRE(count(notice::kind::result) == 1u);
  BOOST_TEST(all.told.back().node == "fog-1");
}

BOOST_AUTO_TEST_SUITE_END()
