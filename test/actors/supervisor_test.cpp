#include "actors/supervisor.hpp"

#include "actors/node.hpp"
#include "runtime/node/process.hpp"
#include "support/family.hpp"

using namespace vpaas;
using namespace vpaas::test;
using namespace std::chrono_literals;

namespace {

constexpr auto one_for_one = strategy::one_for_one;
constexpr auto one_for_all = strategy::one_for_all;
constexpr auto rest_for_one = strategy::rest_for_one;

struct fixture : family {
  /// Sends a request that is answered without a value.
  template <class... Ts>
  caf::error ask(const supervisor_actor& x, Ts... xs) {
    caf::error result;
    auto reply = self->request(x, caf::infinite, xs...);
    run();
    reply.receive([] {}, [&](const caf::error& e) { result = e; });
    return result;
  }

  caf::expected<caf::actor> start(const supervisor_actor& x, child_spec what) {
    caf::expected<caf::actor> result{caf::error{}};
    auto reply = self->request(x, caf::infinite, start_atom_v, what);
    run();
    reply.receive([&](const caf::actor& y) { result = y; },
                  [&](const caf::error& e) { result = e; });
    return result;
  }

  std::vector<tree_entry> tree_of(const supervisor_actor& x,
                                  caf::timespan wait = 0s) {
    std::vector<tree_entry> result;
    auto reply = self->request(x, caf::infinite, tree_atom_v);
    run();
    advance(wait);
    reply.receive([&](const std::vector<tree_entry>& y) { result = y; },
                  [&](const caf::error& e) { BOOST_ERROR(describe(e)); });
    return result;
  }

  /// A node whose tree is the supervisor.
  node_actor host(supervisor_config x) {
    node_config result;
    result.info.name = "here";
    result.start_tree = [this, x](const caf::actor& handle) mutable {
      x.node = handle;
      return root = sys.spawn(supervisor, x);
    };
    auto handle = sys.spawn(node, result);
    caf::anon_send(handle, start_atom_v, result.info);
    run();
    return handle;
  }

  caf::error resolve(const node_actor& x, const std::string& path,
                     caf::actor& result) {
    caf::error failed;
    auto reply = self->request(x, caf::infinite, resolve_atom_v, path);
    run();
    reply.receive([&](const caf::actor& y) { result = y; },
                  [&](const caf::error& e) { failed = e; });
    return failed;
  }

  supervisor_actor root;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_tests, fixture)

// -- starting -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_child_starts_when_the_one_before_is_ready) {
  slow = {"b"};
  auto uut = begin(rules(one_for_one), {spec("a"), spec("b"), spec("c")});
  BOOST_TEST(take_log() == "+a +b");
  auto reply = self->request(uut, caf::infinite, ready_atom_v);
  run();
  BOOST_TEST(!self->has_next_message());
  release("b");
  BOOST_TEST(take_log() == "+c");
  reply.receive([] {}, [](const caf::error& e) { BOOST_ERROR(describe(e)); });
  BOOST_TEST(!ask(uut, ready_atom_v));
}

BOOST_AUTO_TEST_CASE(a_failed_first_start_ends_it_after_the_children_before) {
  broken["c"] = caf::make_error(ec::bad_config, "no such model");
  begin(rules(one_for_one), {spec("a"), spec("b"), spec("c"), spec("d")});
  BOOST_TEST(take_log() == "+a +b -b -a");
  BOOST_TEST(describe(verdict)
             == "bad_config: failed to start child \"c\": bad_config: no such "
                "model");
}

BOOST_AUTO_TEST_CASE(a_child_that_dies_before_it_is_ready_is_a_failed_start) {
  slow = {"b"};
  begin(rules(one_for_one), {spec("a"), spec("b")});
  end("b", crash());
  BOOST_TEST(take_log() == "+a +b -a");
  BOOST_TEST(describe(verdict) == "io: failed to start child \"b\": io: boom");
}

BOOST_AUTO_TEST_CASE(a_child_that_answers_an_error_is_a_failed_start) {
  slow = {"a"};
  begin(rules(one_for_one), {spec("a")});
  release("a", caf::make_error(ec::model_missing, "no weights"));
  BOOST_TEST(describe(verdict)
             == "model_missing: failed to start child \"a\": model_missing: no "
                "weights");
}

BOOST_AUTO_TEST_CASE(a_child_that_is_not_ready_in_time_is_killed) {
  slow = stubborn = {"a"};
  begin(rules(one_for_one), {spec("a")});
  advance(29s);
  BOOST_TEST(!ended);
  advance(1s);
  BOOST_TEST(describe(verdict)
             == "runtime_error: failed to start child \"a\": not ready within "
                "30s");
}

BOOST_AUTO_TEST_CASE(a_supervisor_has_the_time_of_its_children_to_start) {
  slow = {"n/a", "n/b"};
  begin(rules(one_for_one),
        {nest("n", rules(one_for_one), {spec("a"), spec("b")})});
  advance(29s);
  release("n/a");
  advance(29s);
  release("n/b");
  BOOST_TEST(take_log() == "+n/a +n/b");
  BOOST_TEST(!ended);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused_before_anything_starts) {
  begin(rules(one_for_one), {spec("a"), spec("a")});
  BOOST_TEST(describe(verdict)
             == "bad_config: child \"a\": the name is given twice; choose "
                "another");
  begin(rules(one_for_one), {spec("a/b")});
  BOOST_TEST(describe(verdict)
             == "bad_config: child \"a/b\": a name is not empty and has no "
                "\"/\" in it");
  auto far = nest("n", rules(one_for_one), {});
  far.node = "cloud";
  begin(rules(one_for_one), {far});
  BOOST_TEST(describe(verdict)
             == "bad_config: child \"n\": a supervisor runs beside its parent; "
                "give its children the node");
  BOOST_TEST(log.empty());
}

// -- restarting ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(restarts_back_off_and_start_anew_after_a_period) {
  supervision how;
  how.intensity = 100;
  how.delay = 100ms; // the jitter is 0 here: half of the delay is waited
  how.max_delay = 400ms;
  begin(how, {spec("a")});
  for (auto wait : {50ms, 100ms, 200ms, 200ms}) {
    take_log();
    end("a", crash());
    advance(wait - 1ms);
    BOOST_TEST(take_log() == "");
    advance(1ms);
    BOOST_TEST(take_log() == "+a");
  }
  advance(how.period);
  end("a", crash());
  advance(50ms);
  BOOST_TEST(take_log() == "+a");
}

BOOST_AUTO_TEST_CASE(a_sibling_goes_on_while_one_child_backs_off) {
  supervision how;
  how.delay = how.max_delay = 10s;
  auto uut = begin(how, {spec("a"), spec("b"), spec("c")});
  end("a", crash());
  advance(2s);
  end("b", crash());
  take_log();
  BOOST_TEST(status_of(uut).ready == 1u);
  advance(3s);
  BOOST_TEST(take_log() == "+a");
  advance(2s);
  BOOST_TEST(take_log() == "+b");
}

BOOST_AUTO_TEST_CASE(a_group_comes_back_when_all_have_ended_and_backed_off) {
  stubborn = {"b"};
  supervision how;
  how.how = one_for_all;
  how.delay = 2s;
  begin(how, {spec("a"), spec("b"), spec("c")});
  take_log();
  end("c", crash());
  BOOST_TEST(take_log() == "-b");
  advance(5s - 1ms);
  BOOST_TEST(take_log() == "");
  advance(1ms); // b is killed after its grace
  BOOST_TEST(take_log() == "-a +a +b +c");
}

BOOST_AUTO_TEST_CASE(an_earlier_death_widens_the_group_that_comes_back) {
  slow = {"b"};
  begin(rules(rest_for_one), {spec("a"), spec("b"), spec("c")});
  release("b");
  take_log();
  end("b", crash());
  BOOST_TEST(take_log() == "-c +b");
  end("a", crash());
  BOOST_TEST(take_log() == "-b +a +b");
  release("b");
  BOOST_TEST(take_log() == "+c");
}

BOOST_AUTO_TEST_CASE(a_restart_whose_start_fails_counts_again) {
  auto uut = begin(rules(one_for_one, 3), {spec("a")});
  broken["a"] = crash("no device");
  end("a", crash());
  BOOST_TEST(starts["a"] == 4u); // the first, and three restarts
  BOOST_TEST(describe(verdict)
             == "io: failed to keep child \"a\" running: 4 restarts within "
                "30s, the last because of io: no device");
}

BOOST_AUTO_TEST_CASE(a_failed_start_in_a_group_is_tried_again_from_there) {
  auto uut = begin(rules(rest_for_one), {spec("a"), spec("b"), spec("c")});
  slow = {"b"};
  end("a", crash());
  take_log();
  slow.clear();
  end("b", crash()); // before it was ready
  BOOST_TEST(take_log() == "+b +c");
  BOOST_TEST(status_of(uut).restarts == 2u);
}

BOOST_AUTO_TEST_CASE(restarts_are_counted_and_shown_with_their_reason) {
  auto uut = begin(rules(one_for_one, 100), {spec("a"), spec("b")});
  for (int i = 0; i < 9; ++i)
    end("a", crash(std::to_string(i)));
  end("b", caf::exit_reason::kill);
  auto status = status_of(uut);
  BOOST_TEST(status.restarts == 10u);
  BOOST_REQUIRE(status.last.size() == 8u);
  BOOST_TEST(status.last.front().reason == "io: 2");
  BOOST_TEST(status.last.back().child == "b");
  BOOST_TEST(status.last.back().reason == "kill");
  auto tree = tree_of(uut);
  BOOST_TEST(tree.at(1).restarts == 9u);
  BOOST_TEST(tree.at(1).reason == "io: 8");
}

BOOST_AUTO_TEST_CASE(a_nested_supervisor_that_gives_up_is_restarted) {
  begin(rules(one_for_one, 1),
        {spec("a"), nest("n", rules(one_for_one, 0), {spec("x"), spec("y")})});
  take_log();
  end("n/x", crash());
  BOOST_TEST(take_log() == "-n/y +n/x +n/y");
  BOOST_TEST(!ended);
  end("n/y", crash("bad cable"));
  BOOST_TEST(take_log() == "-n/x -a");
  BOOST_TEST(describe(verdict)
             == "io: failed to keep child \"n\" running: 2 restarts within "
                "30s, the last because of io: failed to keep child \"n/y\" "
                "running: 1 restarts within 30s, the last because of io: bad "
                "cable");
}

BOOST_AUTO_TEST_CASE(a_thousand_restarts_leave_no_actor_and_no_thread) {
  auto how = rules(one_for_one, 2000);
  auto uut = begin(how, {spec("a"), spec("b")});
  end("a", crash());
  auto actors = sys.registry().running();
  auto threads = usage_of_this_process().threads;
  for (int i = 0; i < 1000; ++i)
    end("a", crash());
  BOOST_TEST(status_of(uut).restarts == 1001u);
  BOOST_TEST(sys.registry().running() == actors);
  BOOST_TEST(usage_of_this_process().threads == threads);
}

// -- stopping -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_stops_its_children_in_reverse_order_and_then_answers) {
  stubborn = {"b"};
  auto uut = begin(rules(one_for_one), {spec("a"), spec("b"), spec("c")});
  take_log();
  auto reply = self->request(uut, caf::infinite, stop_atom_v);
  run();
  BOOST_TEST(take_log() == "-c -b");
  advance(5s - 1ms);
  BOOST_TEST(take_log() == "");
  BOOST_TEST(!ended);
  advance(1ms);
  BOOST_TEST(take_log() == "-a");
  reply.receive([] {}, [](const caf::error& e) { BOOST_ERROR(describe(e)); });
  BOOST_TEST(ended);
  BOOST_TEST(!verdict);
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_be_killed_is_abandoned_and_counted) {
  caf::scoped_actor stuck{sys}; // reads no message that is not received here
  auto cfg = config(rules(one_for_one), {spec("a"), spec("b")});
  cfg.factory = [&, probes = cfg.factory](const child_spec& x,
                                          const std::string& path,
                                          const caf::actor& node) {
    if (x.name == "a" && ++starts["a"] == 1)
      return caf::expected<caf::actor>{caf::actor_cast<caf::actor>(stuck)};
    return probes(x, path, node);
  };
  auto uut = begin(cfg);
  stuck->receive([](ready_atom) {});
  run();
  BOOST_TEST(take_log() == "+b");
  auto reply = self->request(uut, caf::infinite, remove_atom_v,
                             std::string{"a"});
  run();
  advance(5s); // its grace
  BOOST_TEST(status_of(uut).abandoned == 0u);
  advance(1s); // the supervisor's patience
  reply.receive([] {}, [](const caf::error& e) { BOOST_ERROR(describe(e)); });
  BOOST_TEST(status_of(uut).abandoned == 1u);
  BOOST_TEST(status_of(uut).children == 1u);
}

BOOST_AUTO_TEST_CASE(a_nested_supervisor_has_the_time_of_its_children_to_stop) {
  stubborn = {"n/x", "n/y"};
  auto uut
    = begin(rules(one_for_one),
            {spec("a"), nest("n", rules(one_for_one), {spec("x"), spec("y")})});
  take_log();
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  advance(5s);
  advance(5s - 1ms);
  BOOST_TEST(take_log() == "-n/y -n/x");
  advance(1ms);
  BOOST_TEST(take_log() == "-a");
  BOOST_TEST((verdict == caf::exit_reason::user_shutdown));
}

BOOST_AUTO_TEST_CASE(a_stop_during_the_start_stops_what_was_started) {
  slow = {"b"};
  auto uut = begin(rules(one_for_one), {spec("a"), spec("b"), spec("c")});
  auto early = self->request(uut, caf::infinite, ready_atom_v);
  run();
  take_log();
  BOOST_TEST(!ask(uut, stop_atom_v));
  BOOST_TEST(take_log() == "-b -a");
  early.receive([] { BOOST_ERROR("it never was"); },
                [](const caf::error& e) { BOOST_TEST((e == ec::cancelled)); });
}

BOOST_AUTO_TEST_CASE(a_stop_during_a_back_off_starts_nothing) {
  supervision how;
  how.delay = 1s;
  auto uut = begin(how, {spec("a"), spec("b")});
  end("a", crash());
  take_log();
  BOOST_TEST(!ask(uut, stop_atom_v));
  advance(10s);
  BOOST_TEST(take_log() == "-b");
  BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(a_killed_supervisor_takes_its_children_along) {
  auto before = sys.registry().running();
  {
    auto uut = begin(rules(one_for_one),
                     {spec("a"), nest("n", rules(one_for_one), {spec("x")})});
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    run();
  }
  BOOST_TEST(ended);
  BOOST_TEST(sys.registry().running() == before);
}

// -- adding and removing ------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_child_that_is_added_answers_when_it_is_ready) {
  slow = {"b"};
  auto uut = begin(rules(one_for_one), {spec("a")});
  auto reply = self->request(uut, caf::infinite, start_atom_v, spec("b"));
  run();
  BOOST_TEST(!self->has_next_message());
  release("b");
  reply.receive([&](const caf::actor& x) { BOOST_TEST((x == children["b"])); },
                [](const caf::error& e) { BOOST_ERROR(describe(e)); });
  take_log();
  end("b", crash());
  BOOST_TEST(take_log() == "+b");
}

BOOST_AUTO_TEST_CASE(a_child_that_cannot_be_added_leaves_the_others_alone) {
  auto uut = begin(rules(one_for_all), {spec("a")});
  broken["b"] = caf::make_error(ec::bad_config, "no kind \"x\"");
  take_log();
  auto failed = start(uut, spec("b"));
  BOOST_TEST(describe(failed.error()) == "bad_config: no kind \"x\"");
  auto twice = start(uut, spec("a"));
  BOOST_TEST((twice.error() == ec::bad_config));
  BOOST_TEST(take_log() == "");
  BOOST_TEST(status_of(uut).children == 1u);
  broken.clear();
  BOOST_TEST(start(uut, spec("b")).engaged());
}

BOOST_AUTO_TEST_CASE(added_children_of_one_for_one_do_not_wait_for_another) {
  slow = {"b"};
  auto uut = begin(rules(one_for_one), {spec("a")});
  auto reply = self->request(uut, caf::infinite, start_atom_v, spec("b"));
  BOOST_TEST(start(uut, spec("c")).engaged());
  release("b");
  reply.receive([](const caf::actor&) {},
                [](const caf::error& e) { BOOST_ERROR(describe(e)); });
}

BOOST_AUTO_TEST_CASE(a_removed_child_is_stopped_and_forgotten) {
  auto uut = begin(rules(one_for_all), {spec("a"), spec("b")});
  take_log();
  BOOST_TEST(!ask(uut, remove_atom_v, std::string{"a"}));
  BOOST_TEST(take_log() == "-a");
  BOOST_TEST(status_of(uut).children == 1u);
  BOOST_TEST((ask(uut, remove_atom_v, std::string{"a"}) == ec::not_found));
  BOOST_TEST(start(uut, spec("a")).engaged());
}

BOOST_AUTO_TEST_CASE(a_child_that_is_removed_in_its_back_off_does_not_return) {
  supervision how;
  how.delay = 1s;
  auto uut = begin(how, {spec("a"), spec("b")});
  end("a", crash());
  take_log();
  BOOST_TEST(!ask(uut, remove_atom_v, std::string{"a"}));
  advance(10s);
  BOOST_TEST(take_log() == "");
}

// -- looking in ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_tree_shows_parents_first_and_silent_children) {
  mute = {"n/y"};
  auto uut
    = begin(rules(one_for_one),
            {spec("a"), nest("n", rules(one_for_one), {spec("x"), spec("y")}),
             spec("z")});
  advance(10s);
  auto tree = tree_of(uut, 500ms); // the nested one waits half as long
  std::string text;
  for (const auto& x : tree)
    text += x.path + " " + x.kind + " " + x.state + " "
            + format_duration(x.uptime) + "\n";
  BOOST_TEST(text
             == " supervisor ready 10s\n"
                "a probe ready 10s\n"
                "n supervisor ready 10s\n"
                "n/x probe ready 10s\n"
                "n/y probe silent 10s\n"
                "z probe ready 10s\n");
}

BOOST_AUTO_TEST_CASE(a_logical_name_stands_for_the_newest_actor) {
  auto handle = host(
    config(rules(one_for_one), {nest("n", rules(one_for_one), {spec("x")})}));
  caf::actor first, second, gone;
  BOOST_TEST(!resolve(handle, "n/x", first));
  BOOST_TEST((first == children["n/x"]));
  end("n/x", crash());
  BOOST_TEST(!resolve(handle, "n/x", second));
  BOOST_TEST((second == children["n/x"]));
  BOOST_TEST((first != second));
  BOOST_TEST(!ask(root, remove_atom_v, std::string{"n"}));
  BOOST_TEST((resolve(handle, "n/x", gone) == ec::not_found));
  BOOST_TEST((resolve(handle, "n", gone) == ec::not_found));
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(a_late_end_does_not_take_the_name_of_the_successor) {
  auto handle = host(config(rules(one_for_one), {}));
  auto old = sys.spawn(probe, this, "a");
  auto young = sys.spawn(probe, this, "a");
  caf::anon_send(handle, enter_atom_v, std::string{"a"}, old);
  caf::anon_send(handle, enter_atom_v, std::string{"a"}, young);
  caf::anon_send(handle, remove_atom_v, std::string{"a"}, old);
  caf::actor found;
  BOOST_TEST(!resolve(handle, "a", found));
  BOOST_TEST((found == young));
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
