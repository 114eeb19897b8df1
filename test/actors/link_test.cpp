#include "actors/link.hpp"

#include "actors/node.hpp"
#include "support/test_system.hpp"
#include "support/watches.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// A link between two fakes: what connects (a port that may be closed, a
/// middleman that may fail) and the remote node (which may be silent).
struct fixture : test::test_system {
  bool port_open = true;
  bool silent = false; ///< the remote node answers nothing
  node_info far_info;
  uint64_t probes = 0;
  uint64_t connects = 0;
  uint64_t beats = 0;
  std::vector<uint64_t> ups, downs; ///< epochs that the watcher was told
  std::vector<std::string> met;     ///< nodes that greeted the remote one
  caf::actor far;
  caf::actor watcher;
  node_actor here;
  link_actor uut;

  fixture() {
    far_info.name = "far";
    far_info.incarnation = 1;
    node_config ncfg;
    ncfg.info.name = "here";
    here = sys.spawn(vpaas::node, ncfg);
    spawn_far();
    spawn_watcher();
  }

  ~fixture() {
    for (const auto& x : {caf::actor_cast<caf::actor>(here), far, watcher,
                          caf::actor_cast<caf::actor>(uut)})
      if (x)
        caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  void spawn_far() {
    far = sys.spawn([this](caf::event_based_actor* far_self) -> caf::behavior {
      auto later = [this, far_self](auto answer) {
        auto promise = far_self->make_response_promise();
        if (!silent)
          promise.deliver(answer);
        return promise;
      };
      return {
        [=](hello_atom, const node_info& who, const caf::actor&) {
          met.push_back(who.name);
          return later(far_info);
        },
        [=](beat_atom) {
          ++beats;
          return later(caf::unit);
        },
        [=](call_atom, const std::string&, const item& x) { return later(x); },
        [=](resolve_atom, const std::string&) {
          return later(caf::make_error(ec::not_found));
        },
      };
    });
  }

  void spawn_watcher() {
    watcher = sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
        [this](up_atom, const node_info&, uint64_t n) { ups.push_back(n); },
        [this](down_atom, uint64_t n) { downs.push_back(n); },
      };
    });
  }

  link_config config() {
    link_config cfg;
    cfg.host = "far.example";
    cfg.port = 4242;
    cfg.node = caf::actor_cast<caf::actor>(here);
    cfg.profile = wan_profile();
    cfg.max_calls = 2;
    cfg.prober = [this](caf::actor_system& s) {
      return s.spawn([this](caf::event_based_actor* p) -> caf::behavior {
        return {[this, p](probe_atom, const std::string&, uint16_t,
                          caf::timespan) -> caf::result<std::string> {
          ++probes;
          p->quit();
          if (port_open)
            return "10.0.0.7";
          return caf::make_error(ec::io, "closed");
        }};
      });
    };
    auto connector = [this](caf::event_based_actor*) -> caf::behavior {
      return {[this](caf::connect_atom, const std::string& address, uint16_t) {
        BOOST_TEST(address == "10.0.0.7");
        ++connects;
        return caf::make_message(
          caf::make_node_id(7, "0011223344556677889900112233445566778899")
            .value_or(caf::node_id{}),
          caf::actor_cast<caf::strong_actor_ptr>(far), std::set<std::string>{});
      }};
    };
    cfg.connector = [connector](caf::actor_system& s) {
      return s.spawn(connector);
    };
    return cfg;
  }

  void start() {
    uut = sys.spawn(vpaas::link, config());
    caf::anon_send(uut, watch_atom_v, watcher);
    run();
  }

  /// Lets time pass in steps, as a clock does.
  void pass(caf::timespan x) {
    for (; x.count() > 0; x -= 50ms)
      advance(50ms);
  }

  auto call(caf::timespan timeout) {
    auto reply = self->request(uut, caf::infinite, call_atom_v,
                               std::string{"echo"}, item{}, timeout);
    run();
    return reply;
  }

  template <class Reply>
  caf::error outcome(Reply& reply) {
    caf::error result;
    reply.receive([](const item&) {}, [&](caf::error& e) { result = e; });
    return result;
  }

  std::string state() {
    std::string result;
    auto reply = self->request(uut, caf::infinite, status_atom_v);
    run();
    reply.receive([&](const status_report& x) { result = x.state; },
                  [](const caf::error& e) { BOOST_FAIL(describe(e)); });
    return result;
  }

  link_status details() {
    link_status result;
    auto reply = self->request(uut, caf::infinite, status_atom_v);
    run();
    reply.receive(
      [&](const status_report& x) {
        result = *from_json<link_status>(x.details.value());
      },
      [](const caf::error& e) { BOOST_FAIL(describe(e)); });
    return result;
  }
};

using numbers = std::vector<uint64_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_tests, fixture)

BOOST_AUTO_TEST_CASE(it_comes_up_and_introduces_both_nodes) {
  start();
  BOOST_TEST(state() == "up");
  BOOST_TEST(ups == numbers{1}, boost::test_tools::per_element());
  BOOST_TEST(met == std::vector<std::string>{"here"},
             boost::test_tools::per_element());
  auto reply = self->request(here, caf::infinite, nodes_atom_v);
  run();
  reply.receive(
    [](const std::vector<node_info>& x) {
      BOOST_REQUIRE(x.size() == 2u);
      BOOST_TEST(x[1].name == "far");
    },
    [](const caf::error& e) { BOOST_FAIL(describe(e)); });
}

BOOST_AUTO_TEST_CASE(a_closed_port_never_reaches_the_middleman) {
  port_open = false;
  start();
  pass(10s);
  BOOST_TEST(connects == 0u);
  // The back-off ends at 0.6 s, of which up to a half is jitter.
  BOOST_TEST(probes >= 14u);
  BOOST_TEST(probes <= 40u);
  BOOST_TEST(ups.empty());
  port_open = true;
  pass(1s);
  BOOST_TEST(state() == "up");
}

BOOST_AUTO_TEST_CASE(an_unanswered_hello_is_no_connection) {
  silent = true;
  start();
  BOOST_TEST(state() == "connecting");
  pass(700ms);
  BOOST_TEST(state() == "down");
  BOOST_TEST(ups.empty());
  silent = false;
  pass(1s);
  BOOST_TEST(state() == "up");
}

BOOST_AUTO_TEST_CASE(silence_makes_it_suspect_and_an_answer_up_again) {
  start();
  pass(1s);
  silent = true;
  pass(1800ms);
  BOOST_TEST(state() == "suspect");
  silent = false;
  pass(600ms);
  BOOST_TEST(state() == "up");
  BOOST_TEST(downs.size() == 1u); // at the start: not up yet
}

BOOST_AUTO_TEST_CASE(long_silence_is_down_within_the_profiles_time) {
  start();
  pass(1s);
  silent = true;
  pass(2s);
  BOOST_TEST(downs.size() == 1u);
  pass(1s); // 3 s, the promise of the WAN profile
  BOOST_TEST(downs == (numbers{0, 1}), boost::test_tools::per_element());
  silent = false;
  pass(4s);
  BOOST_TEST(ups == (numbers{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_lost_connection_answers_every_call_at_once) {
  start();
  silent = true;
  auto first = call(1h);
  auto second = call(1h);
  caf::anon_send_exit(far, caf::exit_reason::kill);
  run();
  BOOST_TEST((outcome(first) == ec::cloud_down));
  BOOST_TEST((outcome(second) == ec::cloud_down));
  BOOST_TEST(downs.back() == 1u);
  auto third = call(1h);
  BOOST_TEST((outcome(third) == ec::cloud_down));
  BOOST_TEST(details().calls == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_is_answered_in_time_or_told_it_is_too_late) {
  start();
  auto good = call(1s);
  BOOST_TEST(!outcome(good));
  silent = true;
  auto late = call(200ms);
  pass(300ms);
  BOOST_TEST((outcome(late) == ec::deadline));
}

BOOST_AUTO_TEST_CASE(more_calls_than_the_table_holds_are_refused) {
  start();
  silent = true;
  auto a = call(1s);
  auto b = call(1s);
  auto c = call(1s);
  BOOST_TEST((outcome(c) == ec::overload));
  pass(1100ms);
  BOOST_TEST((outcome(a) == ec::deadline));
  BOOST_TEST((outcome(b) == ec::deadline));
}

// For each timeout that CAF knows it wakes its clock, and keeps it until then.
BOOST_AUTO_TEST_CASE(calls_that_are_answered_leave_one_alarm) {
  start();
  auto& pending = scheduler().clock().schedule();
  auto before = pending.size();
  for (int i = 0; i < 20; ++i) {
    auto x = call(10s);
    BOOST_TEST(!outcome(x));
  }
  BOOST_TEST(pending.size() <= before + 1);
}

BOOST_AUTO_TEST_CASE(a_restarted_process_is_told_from_a_lost_connection) {
  start();
  caf::anon_send_exit(far, caf::exit_reason::kill);
  run();
  spawn_far();
  pass(1s);
  BOOST_TEST(details().reconnects == 1u);
  BOOST_TEST(details().restarts == 0u);
  caf::anon_send_exit(far, caf::exit_reason::kill);
  run();
  far_info.incarnation = 2;
  spawn_far();
  pass(1s);
  BOOST_TEST(details().epoch == 3u);
  BOOST_TEST(details().restarts == 1u);
}

BOOST_AUTO_TEST_CASE(heartbeats_go_out_at_their_interval) {
  start();
  pass(10s);
  BOOST_TEST(beats >= 19u);
  BOOST_TEST(beats <= 21u);
}

BOOST_AUTO_TEST_CASE(a_pause_of_this_process_is_not_the_peers_silence) {
  start();
  pass(1s);
  advance(1h); // one step: the process stood still
  BOOST_TEST(state() != "down");
  BOOST_TEST(downs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_dead_watcher_is_dropped) {
  start();
  BOOST_TEST(details().watchers == 1u);
  caf::anon_send_exit(watcher, caf::exit_reason::kill);
  run();
  BOOST_TEST(details().watchers == 0u);
}

BOOST_AUTO_TEST_CASE(a_stopped_link_leaves_nobody_waiting) {
  start();
  silent = true;
  auto waiting = call(1h);
  transfer_offer offer;
  offer.key = {"cam", 1};
  auto blob_waiting = self->request(uut, caf::infinite, transfer_atom_v, offer,
                                    blob{{1, 2, 3}}, caf::timespan{1h});
  run();
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST((outcome(waiting) == ec::cloud_down));
  blob_waiting.receive(
    [] { BOOST_ERROR("delivered?"); },
    [](const caf::error& e) { BOOST_TEST((e == ec::cloud_down)); });
}

BOOST_AUTO_TEST_CASE(a_link_that_dies_leaves_nobody_waiting_nor_watched) {
  start();
  silent = true;
  auto waiting = call(1h);
  transfer_offer offer;
  offer.key = {"cam", 1};
  auto blob_waiting = self->request(uut, caf::infinite, transfer_atom_v, offer,
                                    blob{{1, 2, 3}}, caf::timespan{1h});
  run();
  auto address = caf::actor_cast<caf::actor_addr>(uut);
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  BOOST_TEST((outcome(waiting) == ec::cloud_down));
  blob_waiting.receive(
    [] { BOOST_ERROR("delivered?"); },
    [](const caf::error& e) { BOOST_TEST((e == ec::cloud_down)); });
  BOOST_TEST(test::watches(address, watcher) == 0u);
}

// Its own node is asked who it is; until that is known nobody is greeted.
BOOST_AUTO_TEST_CASE(it_greets_nobody_without_its_name) {
  auto cfg = config();
  auto asked = 0;
  auto mute = sys.spawn([&](caf::event_based_actor* node) -> caf::behavior {
    return {[&asked, node](hello_atom, const node_info&,
                           const caf::actor&) -> caf::result<node_info> {
              if (++asked < 2) {
                node->make_response_promise();
                return caf::delegated<node_info>{};
              }
              node_info result;
              result.name = "here";
              return result;
            },
            [](hello_atom, const node_info&) {}};
  });
  cfg.node = mute;
  uut = sys.spawn(vpaas::link, cfg);
  run();
  BOOST_TEST(met.empty());
  pass(4s); // the first question was lost
  BOOST_TEST(met == std::vector<std::string>{"here"},
             boost::test_tools::per_element());
  BOOST_TEST(state() == "up");
  caf::anon_send_exit(mute, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_CASE(epochs_go_on_from_where_they_are_told_to) {
  auto cfg = config();
  cfg.epoch_base = 1'000'000'000'000;
  uut = sys.spawn(vpaas::link, cfg);
  caf::anon_send(uut, watch_atom_v, watcher);
  run();
  BOOST_TEST(downs == numbers{0}, boost::test_tools::per_element());
  BOOST_TEST(ups == numbers{1'000'000'000'001},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_transfer_that_finds_no_receiver_meets_its_deadline) {
  start();
  transfer_offer offer;
  offer.key = {"cam", 1};
  auto reply = self->request(uut, caf::infinite, transfer_atom_v, offer,
                             blob{{1, 2, 3}}, caf::timespan{5s});
  run();
  pass(6s);
  reply.receive([] { BOOST_ERROR("delivered?"); },
                [](const caf::error& e) { BOOST_TEST((e == ec::deadline)); });
}

BOOST_AUTO_TEST_CASE(a_wrong_configuration_is_refused) {
  auto cfg = config();
  BOOST_TEST(!cfg.validate());
  cfg.port = 0;
  BOOST_TEST((cfg.validate() == ec::bad_config));
  cfg = config();
  cfg.profile.suspect_after = cfg.profile.heartbeat;
  BOOST_TEST((cfg.validate() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
