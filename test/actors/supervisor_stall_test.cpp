// Children that hang: silence, progress, and what is made of them.

#include "actors/guard.hpp"
#include "actors/node.hpp"
#include "runtime/pulse.hpp"
#include "support/family.hpp"

#include <thread>

using namespace vpaas;
using namespace vpaas::test;
using namespace std::chrono_literals;

namespace {

constexpr auto one_for_one = strategy::one_for_one;

struct fixture : family {
  /// A child whose silence is noticed after eight to ten seconds.
  static child_spec blocking(const std::string& name) {
    auto result = spec(name);
    result.stall_after = 8s;
    return result;
  }

  /// Lets `n` quarters of its bound pass.
  void quarters(int n) {
    for (int i = 0; i < n; ++i)
      advance(2s);
  }

  /// A node that hosts "a" for the supervisor `owner`.
  node_actor host() {
    node_config cfg;
    cfg.info.name = "there";
    cfg.kinds.push_back({"probe", "", {}, true, [this](const spawn_context& x) {
                           return children[x.path] = sys.spawn(probe, this,
                                                               x.path);
                         }});
    return sys.spawn(node, cfg);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_stall_tests, fixture)

BOOST_AUTO_TEST_CASE(a_child_that_is_silent_is_replaced_within_ten_seconds) {
  auto uut = begin(rules(one_for_one), {blocking("a"), spec("b")});
  take_log();
  mute = {"a"};
  quarters(4);
  BOOST_TEST(take_log() == "");
  quarters(1);
  BOOST_TEST(take_log() == "+a");
  auto status = status_of(uut);
  BOOST_TEST(status.stalled == 1u);
  BOOST_TEST(status.last.back().child == "a");
  BOOST_TEST(status.last.back().reason == "deadline: no sign of life for 8s");
}

BOOST_AUTO_TEST_CASE(the_usual_bound_makes_it_ten_seconds) {
  BOOST_TEST((usual_stall + usual_stall / 4 < 10s));
}

BOOST_AUTO_TEST_CASE(a_child_that_answers_is_left_alone) {
  auto uut = begin(rules(one_for_one), {blocking("a")});
  quarters(100);
  BOOST_TEST(take_log() == "+a");
  BOOST_TEST(status_of(uut).stalled == 0u);
}

BOOST_AUTO_TEST_CASE(a_child_without_a_bound_may_be_silent) {
  begin(rules(one_for_one), {spec("a")});
  mute = {"a"};
  quarters(100);
  BOOST_TEST(take_log() == "+a");
}

BOOST_AUTO_TEST_CASE(a_child_that_starts_has_its_time_for_that) {
  slow = mute = {"a"};
  begin(rules(one_for_one), {blocking("a")});
  quarters(10);
  BOOST_TEST(take_log() == "+a");
  release("a");
  quarters(4);
  BOOST_TEST(take_log() == "");
  quarters(1);
  BOOST_TEST(take_log() == "+a");
}

// A segment that takes half a minute to decode: each picture is a step.
BOOST_AUTO_TEST_CASE(a_child_whose_work_goes_on_is_left_alone) {
  begin(rules(one_for_one), {blocking("a")});
  take_log();
  mute = {"a"};
  std::thread{[&] {
    begin_pulse(children["a"].id());
    for (int i = 0; i < 15; ++i) {
      beat();
      advance(2s);
    }
    BOOST_TEST(take_log() == "");
  }}.join();
  quarters(4);
  BOOST_TEST(take_log() == "+a");
}

// A model that takes a minute to load says so before.
BOOST_AUTO_TEST_CASE(a_child_may_say_that_a_step_is_long) {
  begin(rules(one_for_one), {blocking("a")});
  take_log();
  mute = {"a"};
  std::thread{[&] {
    begin_pulse(children["a"].id());
    long_step allow{1min};
    quarters(30);
    BOOST_TEST(take_log() == "");
    quarters(1); // longer than it said
    BOOST_TEST(take_log() == "+a");
  }}.join();
}

BOOST_AUTO_TEST_CASE(a_pause_of_the_whole_process_is_nobodys_fault) {
  auto uut = begin(rules(one_for_one), {blocking("a")});
  advance(1h);
  quarters(3);
  BOOST_TEST(status_of(uut).stalled == 0u);
}

BOOST_AUTO_TEST_CASE(one_that_hangs_while_it_is_stopped_has_its_grace) {
  stubborn = mute = {"a"};
  auto child = blocking("a");
  child.grace = 1min;
  auto uut = begin(rules(one_for_one), {child});
  quarters(3);
  self->send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  quarters(29);
  BOOST_TEST(!ended);
  quarters(1);
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(whoever_watches_a_child_that_hangs_hears_of_its_end) {
  node_config cfg;
  cfg.info.name = "here";
  auto rules_and_child = config(rules(one_for_one), {blocking("a")});
  cfg.start_tree = [&](const caf::actor& at) {
    rules_and_child.node = at;
    return begin(rules_and_child);
  };
  auto directory = sys.spawn(node, cfg);
  self->send(directory, start_atom_v, cfg.info);
  run();
  caf::actor found;
  auto reply = self->request(directory, caf::infinite, resolve_atom_v,
                             std::string{"a"});
  run();
  reply.receive([&](const caf::actor& x) { found = x; },
                [](const caf::error& e) { BOOST_ERROR(describe(e)); });
  self->monitor(found);
  mute = {"a"};
  quarters(5);
  self->receive(
    [&](const caf::down_msg& x) { BOOST_TEST((x.source == found.address())); });
  self->send_exit(directory, caf::exit_reason::kill);
  run();
}

// -- guests -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_node_that_hosts_a_child_watches_it) {
  auto there = host();
  auto child = blocking("a");
  child.kind = "probe";
  auto owner = sys.spawn(
    [](caf::event_based_actor*) { return caf::behavior{[](unit_t) {}}; });
  caf::actor guest;
  auto reply = self->request(there, caf::infinite, start_atom_v, child,
                             std::string{"a"}, owner);
  run();
  reply.receive([&](const caf::actor& x) { guest = x; },
                [](const caf::error& e) { BOOST_ERROR(describe(e)); });
  self->monitor(guest);
  quarters(20);
  mute = {"a"};
  quarters(5);
  self->receive([&](const caf::down_msg& x) {
    BOOST_TEST((x.reason == caf::exit_reason::kill));
  });
  self->send_exit(there, caf::exit_reason::kill);
  self->send_exit(owner, caf::exit_reason::kill);
  run();
}

BOOST_AUTO_TEST_SUITE_END()
