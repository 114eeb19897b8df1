#include "actors/node.hpp"

#include "support/test_system.hpp"
#include "support/watches.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// A child whose status says "echo"; it answers `apply` with what it got.
function_actor::behavior_type echo(function_actor::pointer self) {
  return {
    [](status_atom) {
      return status_report{"echo", "ready", 0, document{}};
    },
    [](ready_atom) {
      // nop
    },
    [](apply_atom, const item& x) { return x; },
    [](apply_atom, const item& x, const document&) { return x; },
    [](configure_atom, const document& x) { return x; },
    [self](describe_atom) {
      function_spec result;
      result.name = self->name();
      return result;
    },
  };
}

struct fixture : test::test_system {
  caf::actor other = sys.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](ready_atom) {
      // nop
    }};
  });
  caf::actor child = caf::actor_cast<caf::actor>(sys.spawn(echo));
  node_actor uut;
  int trees = 0;

  fixture() {
    node_config cfg;
    cfg.info = info_of("fog-1");
    cfg.kinds = {{"echo",
                  "",
                  {integer("n", 1, 0, 9, "")},
                  false,
                  [](const spawn_context& x) -> caf::expected<caf::actor> {
                    return caf::actor_cast<caf::actor>(x.system.spawn(echo));
                  }}};
    cfg.start_tree = [this](const caf::actor&) {
      ++trees;
      return supervisor_actor{};
    };
    uut = sys.spawn(node, std::move(cfg));
    run();
  }

  ~fixture() {
    for (const auto& x : {other, child})
      caf::anon_send_exit(x, caf::exit_reason::kill);
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    run();
  }

  static node_info info_of(const std::string& name) {
    node_info result;
    result.name = name;
    return result;
  }

  /// What `uut` answers, or the text of its error in `problem`.
  template <class T, class... Ts>
  T ask(const Ts&... xs) {
    T result{};
    problem.clear();
    auto reply = self->request(uut, 1s, xs...);
    run();
    reply.receive([&](const T& x) { result = x; },
                  [&](const caf::error& x) { problem = describe(x); });
    return result;
  }

  /// Like `ask`, for answers without a value.
  template <class... Ts>
  void tell(const Ts&... xs) {
    problem.clear();
    auto reply = self->request(uut, 1s, xs...);
    run();
    reply.receive([] {}, [&](const caf::error& x) { problem = describe(x); });
  }

  std::string problem;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(node_tests, fixture)

BOOST_AUTO_TEST_CASE(a_name_stands_for_an_actor_until_it_is_removed) {
  tell(enter_atom_v, std::string{"a/b"}, child);
  BOOST_TEST((ask<caf::actor>(resolve_atom_v, std::string{"a/b"}) == child));
  auto x = make_item("cam", 7, box{.5f, 0, 0, 0});
  auto y = ask<item>(call_atom_v, std::string{"a/b"}, x);
  BOOST_TEST(to_json_value(y) == to_json_value(x));
  BOOST_TEST(ask<status_report>(status_atom_v, std::string{"a/b"}).kind
             == "echo");
  tell(remove_atom_v, std::string{"a/b"}, child);
  ask<caf::actor>(resolve_atom_v, std::string{"a/b"});
  BOOST_TEST(problem == "not_found: no actor \"a/b\" here; see vpaas inspect");
  ask<item>(call_atom_v, std::string{"a/b"}, x);
  BOOST_TEST(problem == "not_found: no actor \"a/b\" here; see vpaas inspect");
}

BOOST_AUTO_TEST_CASE(a_late_goodbye_leaves_the_successor_its_name) {
  tell(enter_atom_v, std::string{"a"}, child);
  tell(enter_atom_v, std::string{"a"}, other);
  tell(remove_atom_v, std::string{"a"}, child);
  BOOST_TEST((ask<caf::actor>(resolve_atom_v, std::string{"a"}) == other));
}

BOOST_AUTO_TEST_CASE(nodes_that_introduce_themselves_are_known_until_lost) {
  auto answer = ask<node_info>(hello_atom_v, info_of("cloud-1"), other);
  BOOST_TEST(answer.name == "fog-1");
  auto known = ask<std::vector<node_info>>(nodes_atom_v);
  BOOST_REQUIRE(known.size() == 2u);
  BOOST_TEST(known[0].name == "fog-1");
  BOOST_TEST(known[1].name == "cloud-1");
  BOOST_TEST((ask<caf::actor>(resolve_atom_v, info_of("cloud-1")) == other));
  caf::anon_send_exit(other, caf::exit_reason::kill);
  run();
  BOOST_TEST(ask<std::vector<node_info>>(nodes_atom_v).size() == 1u);
  auto status = ask<status_report>(status_atom_v);
  BOOST_TEST(status.details.value()["lost"] == 1);
  ask<caf::actor>(resolve_atom_v, info_of("cloud-1"));
  BOOST_TEST(problem
             == "not_found: no joined node \"cloud-1\" here; see vpaas "
                "inspect");
}

// Each life of a client, or two nodes with one name: none is watched for good.
BOOST_AUTO_TEST_CASE(a_name_is_that_of_who_was_started_last) {
  auto first = info_of("client-1"), second = first;
  first.address = "10.0.0.1:4000";
  second.address = "10.0.0.2:4000";
  second.started = first.started + 1s;
  ask<node_info>(hello_atom_v, first, other);
  ask<node_info>(hello_atom_v, second, child);
  BOOST_TEST(problem == "");
  BOOST_TEST((ask<caf::actor>(resolve_atom_v, first) == child));
  for (int i = 0; i < 3; ++i)
    ask<node_info>(hello_atom_v, first, other);
  BOOST_TEST(problem
             == "bad_config: the name \"client-1\" belongs to the node at "
                "10.0.0.2:4000, which was started later; give each a node.name "
                "of its own");
  BOOST_TEST((ask<caf::actor>(resolve_atom_v, first) == child));
  auto address = caf::actor_cast<caf::actor_addr>(uut);
  BOOST_TEST(test::watches(address, other) == 0u);
  BOOST_TEST(test::watches(address, child) == 1u);
}

BOOST_AUTO_TEST_CASE(a_process_that_starts_anew_keeps_its_name) {
  auto first = info_of("client-1"), second = first;
  first.address = second.address = "10.0.0.1:4000";
  first.started = second.started + 1h; // its clock was not set yet
  ask<node_info>(hello_atom_v, first, other);
  ask<node_info>(hello_atom_v, second, child);
  BOOST_TEST(problem == "");
  BOOST_TEST((ask<caf::actor>(resolve_atom_v, first) == child));
}

BOOST_AUTO_TEST_CASE(who_only_looks_does_not_join) {
  ask<node_info>(hello_atom_v, node_info{}, caf::actor{});
  BOOST_TEST(problem == "");
  BOOST_TEST(ask<std::vector<node_info>>(nodes_atom_v).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_guest_ends_with_its_owner) {
  child_spec spec;
  spec.name = "far";
  spec.kind = "echo";
  spec.node = "fog-1";
  auto guest = ask<caf::actor>(start_atom_v, spec, std::string{"x/far"}, other);
  BOOST_TEST(problem == "");
  BOOST_REQUIRE(guest);
  BOOST_TEST((ask<caf::actor>(resolve_atom_v, std::string{"x/far"}) == guest));
  ask<caf::actor>(start_atom_v, spec, std::string{"x/far"}, other);
  BOOST_TEST(problem == "bad_config: the name \"x/far\" is taken on fog-1");
  caf::error ended;
  guest->attach_functor([&](const caf::error& x) { ended = x; });
  caf::anon_send_exit(other, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST((ended == caf::exit_reason::kill));
  ask<caf::actor>(resolve_atom_v, std::string{"x/far"});
  BOOST_TEST(problem
             == "not_found: no actor \"x/far\" here; see vpaas inspect");
}

// A child that flaps: its owner lives on, and is watched once or not at all.
BOOST_AUTO_TEST_CASE(an_owner_is_watched_once_while_it_has_guests) {
  child_spec spec;
  spec.kind = "echo";
  auto start = [&](const std::string& name) {
    spec.name = name;
    return ask<caf::actor>(start_atom_v, spec, name, other);
  };
  auto address = caf::actor_cast<caf::actor_addr>(uut);
  for (int i = 0; i < 5; ++i) {
    caf::anon_send_exit(start("a"), caf::exit_reason::kill);
    run();
  }
  BOOST_TEST(test::watches(address, other) == 0u);
  start("a");
  auto second = start("b");
  caf::anon_send_exit(second, caf::exit_reason::kill);
  run();
  BOOST_TEST(test::watches(address, other) == 1u);
}

BOOST_AUTO_TEST_CASE(a_kind_with_nothing_to_do_has_no_guest) {
  node_config cfg;
  cfg.info = info_of("fog-2");
  cfg.kinds = {{"idle", "", {}, false, [](const spawn_context&) {
                  return caf::expected<caf::actor>{caf::actor{}};
                }}};
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  uut = sys.spawn(node, std::move(cfg));
  child_spec spec;
  spec.kind = spec.name = "idle";
  BOOST_TEST(!ask<caf::actor>(start_atom_v, spec, std::string{"idle"}, other));
  BOOST_TEST(problem == "");
  ask<caf::actor>(resolve_atom_v, std::string{"idle"});
  BOOST_TEST(problem != "");
}

BOOST_AUTO_TEST_CASE(a_wrong_guest_is_refused_with_its_cause) {
  child_spec spec;
  spec.name = "far";
  spec.kind = "eco";
  ask<caf::actor>(start_atom_v, spec, std::string{"far"}, other);
  BOOST_TEST(problem
             == "bad_config: child \"far\": no kind \"eco\" on this node; "
                "known: supervisor, echo");
  spec.kind = "echo";
  spec.parameters.set("n", 10);
  ask<caf::actor>(start_atom_v, spec, std::string{"far"}, other);
  BOOST_TEST(problem
             == "bad_config: child \"far\": n = 10 is not allowed; write an "
                "integer from 0 to 9");
  spec.node = "cloud-9";
  ask<caf::actor>(start_atom_v, spec, std::string{"far"}, other);
  BOOST_TEST(problem
             == "not_found: no joined node \"cloud-9\" here; see vpaas "
                "inspect");
}

BOOST_AUTO_TEST_CASE(the_tree_starts_when_the_node_is_published) {
  tell(ready_atom_v);
  BOOST_TEST(problem == "not_found: the tree was not started");
  BOOST_TEST(trees == 0);
  auto info = info_of("fog-1");
  info.address = "127.0.0.1:4711";
  tell(start_atom_v, info);
  BOOST_TEST(trees == 1);
  BOOST_TEST(ask<std::vector<node_info>>(nodes_atom_v)[0].address
             == "127.0.0.1:4711");
}

BOOST_AUTO_TEST_SUITE_END()
