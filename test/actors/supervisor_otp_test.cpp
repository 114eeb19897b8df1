// The cases of OTP's own suite of its supervisor, by their names there. Those
// of its callbacks, code changes and reports have nothing to stand for here;
// where this supervisor differs on purpose, the case says so.

#include "support/family.hpp"

using namespace vpaas;
using namespace vpaas::test;
using namespace std::chrono_literals;

namespace {

constexpr auto one_for_one = strategy::one_for_one;
constexpr auto one_for_all = strategy::one_for_all;
constexpr auto rest_for_one = strategy::rest_for_one;
constexpr auto simple = strategy::simple_one_for_one;
constexpr auto permanent = restart_type::permanent;
constexpr auto transient = restart_type::transient;
constexpr auto temporary = restart_type::temporary;

struct fixture : family {
  using names = std::vector<std::string>;

  /// "ok", or the name of the error.
  template <class... Ts>
  std::string ask(const supervisor_actor& x, Ts... xs) {
    std::string result = "ok";
    auto reply = self->request(x, caf::infinite, xs...);
    run();
    reply.receive([] {}, [&](const caf::error& e) { result = name_of(e); });
    return result;
  }

  std::string stop(const supervisor_actor& x, const std::string& child) {
    return ask(x, stop_atom_v, child);
  }

  std::string remove(const supervisor_actor& x, const std::string& child) {
    return ask(x, remove_atom_v, child);
  }

  /// "ok", "ignored", or the name of the error.
  template <class What>
  std::string start(const supervisor_actor& x, What what) {
    std::string result;
    auto reply = self->request(x, caf::infinite, start_atom_v, what);
    run();
    reply.receive([&](const caf::actor& y) { result = y ? "ok" : "ignored"; },
                  [&](const caf::error& e) { result = name_of(e); });
    return result;
  }

  /// "a ready, b stopped": the children in their order.
  std::string which_children(const supervisor_actor& x) {
    std::string result;
    auto reply = self->request(x, caf::infinite, tree_atom_v);
    run();
    advance(1s);
    reply.receive(
      [&](const std::vector<tree_entry>& tree) {
        for (size_t i = 1; i < tree.size(); ++i)
          result += (i > 1 ? ", " : "") + tree[i].path + " " + tree[i].state;
      },
      [&](const caf::error& e) { BOOST_ERROR(describe(e)); });
    return result;
  }

  static std::string name_of(const caf::error& x) {
    auto text = describe(x);
    return text.substr(0, text.find(':'));
  }

  void shut_down(const supervisor_actor& x) {
    self->send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  static child_spec named(const std::string& name) {
    child_spec result;
    result.name = name;
    return result;
  }

  static child_spec significant(const std::string& name, restart_type type) {
    auto result = spec(name, type);
    result.significant = true;
    return result;
  }

  static supervision shutting_down(auto_shutdown when,
                                   strategy how = one_for_one) {
    auto result = rules(how);
    result.shutdown = when;
    return result;
  }

  std::string how_it_ended() {
    return ended ? describe(verdict) : "alive";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_otp_tests, fixture)

// -- sup_start ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sup_start_normal) {
  auto uut = begin(rules(one_for_one), {});
  BOOST_TEST(ask(uut, ready_atom_v) == "ok");
  shut_down(uut);
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

BOOST_AUTO_TEST_CASE(sup_start_ignore_child) {
  idle = {"child1"};
  auto uut = begin(rules(one_for_one), {});
  BOOST_TEST(start(uut, spec("child1")) == "ignored");
  BOOST_TEST(start(uut, spec("child2")) == "ok");
  BOOST_TEST(which_children(uut) == "child1 stopped, child2 ready");
  idle.clear();
  BOOST_TEST(start(uut, std::string{"child1"}) == "ok");
  BOOST_TEST(which_children(uut) == "child1 ready, child2 ready");
}

BOOST_AUTO_TEST_CASE(sup_start_ignore_initial_child) {
  idle = {"child1"};
  auto uut = begin(rules(one_for_one), {spec("child1"), spec("child2")});
  BOOST_TEST(ask(uut, ready_atom_v) == "ok");
  BOOST_TEST(which_children(uut) == "child1 stopped, child2 ready");
}

BOOST_AUTO_TEST_CASE(sup_start_ignore_temporary_child) {
  idle = {"child1"};
  auto uut = begin(rules(one_for_one),
                   {spec("child1", temporary), spec("child2", temporary)});
  BOOST_TEST(ask(uut, ready_atom_v) == "ok");
  BOOST_TEST(which_children(uut) == "child2 ready");
}

BOOST_AUTO_TEST_CASE(sup_start_ignore_temporary_child_start_child) {
  idle = {"child1"};
  auto uut = begin(rules(one_for_one), {});
  BOOST_TEST(start(uut, spec("child1", temporary)) == "ignored");
  BOOST_TEST(start(uut, spec("child2", temporary)) == "ok");
  BOOST_TEST(which_children(uut) == "child2 ready");
}

BOOST_AUTO_TEST_CASE(sup_start_ignore_temporary_child_start_child_simple) {
  idle = {"child1"};
  auto uut = begin(rules(simple), {spec("like", temporary)});
  BOOST_TEST(start(uut, named("child1")) == "ignored");
  BOOST_TEST(start(uut, named("child2")) == "ok");
  BOOST_TEST(which_children(uut) == "child2 ready");
}

BOOST_AUTO_TEST_CASE(sup_start_ignore_permanent_child_start_child_simple) {
  idle = {"child1"};
  auto uut = begin(rules(simple), {spec("like")});
  BOOST_TEST(start(uut, named("child1")) == "ignored");
  BOOST_TEST(start(uut, named("child2")) == "ok");
  BOOST_TEST(which_children(uut) == "child2 ready");
  shut_down(uut);
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

BOOST_AUTO_TEST_CASE(sup_start_fail) {
  broken["child1"] = crash();
  begin(rules(one_for_one), {spec("child1")});
  BOOST_TEST(how_it_ended()
             == "io: failed to start child \"child1\": io: boom");
}

// An initial child that ends normally before it is ready has not started.
BOOST_AUTO_TEST_CASE(sup_start_child_ends_normally) {
  slow = {"child2"};
  begin(rules(one_for_one), {spec("child1"), spec("child2")});
  take_log();
  end("child2", {});
  BOOST_TEST(take_log() == "-child1");
  BOOST_TEST(how_it_ended()
             == "runtime_error: failed to start child \"child2\": a normal "
                "end");
}

BOOST_AUTO_TEST_CASE(sup_start_child_returns_error) {
  broken["child1"] = crash();
  auto uut = begin(rules(one_for_one), {});
  BOOST_TEST(start(uut, spec("child1")) == "io");
  BOOST_TEST(which_children(uut) == "");
}

BOOST_AUTO_TEST_CASE(sup_start_map_faulty_specs) {
  begin(rules(one_for_one), {spec("")});
  BOOST_TEST(name_of(verdict) == "bad_config");
  begin(rules(one_for_one), {significant("a", transient)});
  BOOST_TEST(describe(verdict)
             == "bad_config: child \"a\": it is significant; give its "
                "supervisor an auto_shutdown");
  begin(shutting_down(auto_shutdown::any_significant),
        {significant("a", permanent)});
  BOOST_TEST(describe(verdict)
             == "bad_config: child \"a\": a permanent child cannot be "
                "significant: it never ends for good");
  begin(rules(simple), {});
  BOOST_TEST(describe(verdict)
             == "bad_config: supervisor \"\": list the child that all are made "
                "of");
}

// -- sup_stop -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sup_stop_timeout) {
  stubborn = {"child2"};
  auto uut = begin(rules(one_for_one), {spec("child1"), spec("child2")});
  take_log();
  shut_down(uut);
  BOOST_TEST(take_log() == "-child2");
  advance(5s);
  BOOST_TEST(take_log() == "-child1");
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

// All at once: one that does not end holds up nobody.
BOOST_AUTO_TEST_CASE(sup_stop_timeout_dynamic) {
  stubborn = {"child2"};
  auto uut = begin(rules(simple), {spec("like")});
  for (auto name : {"child1", "child2", "child3"})
    start(uut, named(name));
  take_log();
  shut_down(uut);
  BOOST_TEST(take_log() == "-child1 -child2 -child3");
  BOOST_TEST(!ended);
  advance(5s);
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

// A grace of 0 asks the child to end before it kills it: OTP's `brutal_kill`
// does not ask.
BOOST_AUTO_TEST_CASE(sup_stop_brutal_kill) {
  stubborn = {"child2"};
  auto brutal = spec("child2");
  brutal.grace = 0s;
  auto uut = begin(rules(one_for_one), {spec("child1"), brutal});
  take_log();
  shut_down(uut);
  BOOST_TEST(take_log() == "-child2 -child1");
  BOOST_TEST(ended);
}

// -- administration of children -----------------------------------------------

BOOST_AUTO_TEST_CASE(child_adm) {
  auto uut = begin(rules(one_for_one), {});
  auto child = std::string{"child1"};
  BOOST_TEST(start(uut, child) == "not_found");
  BOOST_TEST(stop(uut, child) == "not_found");
  BOOST_TEST(start(uut, spec(child)) == "ok");
  BOOST_TEST(start(uut, spec(child)) == "bad_config"); // already there
  BOOST_TEST(start(uut, child) == "bad_input");        // it runs
  take_log();
  BOOST_TEST(stop(uut, child) == "ok");
  BOOST_TEST(stop(uut, child) == "ok"); // it has stopped
  BOOST_TEST(take_log() == "-child1");
  BOOST_TEST(which_children(uut) == "child1 stopped");
  BOOST_TEST(status_of(uut).restarts == 0u);
  BOOST_TEST(start(uut, child) == "ok");
  BOOST_TEST(which_children(uut) == "child1 ready");
  BOOST_TEST(remove(uut, child) == "ok"); // OTP wants it stopped before
  BOOST_TEST(remove(uut, child) == "not_found");
  BOOST_TEST(which_children(uut) == "");
}

BOOST_AUTO_TEST_CASE(child_adm_restart_fails) {
  auto uut = begin(rules(one_for_one, 0), {spec("child1")});
  stop(uut, "child1");
  broken["child1"] = crash("no device");
  BOOST_TEST(start(uut, std::string{"child1"}) == "io");
  BOOST_TEST(which_children(uut) == "child1 stopped");
  BOOST_TEST(!ended);
  broken.clear();
  slow = {"child1"};
  auto reply = self->request(uut, caf::infinite, start_atom_v,
                             std::string{"child1"});
  run();
  release("child1", crash("no licence"));
  reply.receive([](const caf::actor&) { BOOST_ERROR("it did not start"); },
                [&](const caf::error& e) { BOOST_TEST(name_of(e) == "io"); });
  BOOST_TEST(which_children(uut) == "child1 stopped");
  BOOST_TEST(!ended);
}

BOOST_AUTO_TEST_CASE(child_adm_of_one_that_backs_off) {
  auto how = rules(one_for_one);
  how.delay = how.max_delay = 10s;
  auto uut = begin(how, {spec("child1")});
  end("child1", crash());
  BOOST_TEST(stop(uut, "child1") == "ok");
  advance(20s);
  BOOST_TEST(which_children(uut) == "child1 stopped");
  BOOST_TEST(start(uut, std::string{"child1"}) == "ok");
}

BOOST_AUTO_TEST_CASE(child_adm_of_one_that_starts) {
  slow = {"child1"};
  auto uut = begin(rules(one_for_one), {spec("child1"), spec("child2")});
  BOOST_TEST(stop(uut, "child1") == "ok");
  BOOST_TEST(ask(uut, ready_atom_v) == "ok"); // the rest has started
  BOOST_TEST(which_children(uut) == "child1 stopped, child2 ready");
}

BOOST_AUTO_TEST_CASE(child_adm_simple) {
  auto uut = begin(rules(simple), {spec("like")});
  BOOST_TEST(which_children(uut) == "");
  BOOST_TEST(start(uut, named("child1")) == "ok");
  BOOST_TEST(start(uut, named("child2")) == "ok");
  BOOST_TEST(which_children(uut) == "child1 ready, child2 ready");
  BOOST_TEST(stop(uut, "child1") == "ok"); // and is forgotten
  BOOST_TEST(which_children(uut) == "child2 ready");
  BOOST_TEST(start(uut, std::string{"child1"}) == "not_found");
  BOOST_TEST(stop(uut, "like") == "not_found");
  auto other = named("child3");
  other.kind = "other";
  BOOST_TEST(start(uut, other) == "bad_config");
}

BOOST_AUTO_TEST_CASE(child_specs) {
  auto uut = begin(rules(one_for_one), {});
  BOOST_TEST(start(uut, spec("")) == "bad_config");
  BOOST_TEST(start(uut, spec("a/b")) == "bad_config");
  BOOST_TEST(start(uut, significant("a", transient)) == "bad_config");
}

// -- permanent, transient, temporary ------------------------------------------

BOOST_AUTO_TEST_CASE(permanent_normal) {
  auto uut = begin(rules(one_for_one), {spec("a")});
  end("a", {});
  BOOST_TEST(which_children(uut) == "a ready");
  BOOST_TEST(status_of(uut).last.back().reason == "a normal end");
}

BOOST_AUTO_TEST_CASE(permanent_shutdown) {
  auto uut = begin(rules(one_for_one), {spec("a")});
  end("a", caf::exit_reason::user_shutdown);
  BOOST_TEST(which_children(uut) == "a ready");
}

BOOST_AUTO_TEST_CASE(permanent_abnormal) {
  auto uut = begin(rules(one_for_one), {spec("a")});
  end("a", crash());
  BOOST_TEST(which_children(uut) == "a ready");
}

BOOST_AUTO_TEST_CASE(transient_normal) {
  auto uut = begin(rules(one_for_one), {spec("a", transient)});
  end("a", {});
  BOOST_TEST(which_children(uut) == "a stopped");
}

BOOST_AUTO_TEST_CASE(transient_shutdown) {
  auto uut = begin(rules(one_for_one), {spec("a", transient)});
  end("a", caf::exit_reason::user_shutdown);
  BOOST_TEST(which_children(uut) == "a stopped");
}

BOOST_AUTO_TEST_CASE(transient_abnormal) {
  auto uut = begin(rules(one_for_one), {spec("a", transient)});
  end("a", crash());
  BOOST_TEST(which_children(uut) == "a ready");
}

BOOST_AUTO_TEST_CASE(temporary_normal) {
  auto uut = begin(rules(one_for_one), {spec("a", temporary)});
  end("a", {});
  BOOST_TEST(which_children(uut) == "");
}

BOOST_AUTO_TEST_CASE(temporary_abnormal) {
  auto uut = begin(rules(one_for_one), {spec("a", temporary)});
  end("a", crash());
  BOOST_TEST(which_children(uut) == "");
  BOOST_TEST(!ended);
}

BOOST_AUTO_TEST_CASE(temporary_bystander) {
  for (auto how : {one_for_all, rest_for_one}) {
    auto uut = begin(rules(how), {spec("a"), spec("b", temporary)});
    end("a", crash());
    BOOST_TEST(which_children(uut) == "a ready");
  }
}

// -- strategies ---------------------------------------------------------------

// Whatever the reason: also a normal end may be one too many.
BOOST_AUTO_TEST_CASE(multiple_restarts) {
  begin(rules(one_for_one, 1), {spec("child1"), spec("child2")});
  end("child1", {});
  BOOST_TEST(!ended);
  take_log();
  end("child1", {});
  BOOST_TEST(take_log() == "-child2");
  BOOST_TEST(how_it_ended()
             == "runtime_error: failed to keep child \"child1\" running: 2 "
                "restarts within 30s, the last because of a normal end");
}

BOOST_AUTO_TEST_CASE(one_for_one_escalation) {
  begin(rules(one_for_one), {spec("a"), spec("b")});
  auto uut = begin(rules(one_for_one, 4), {spec("child1"), spec("child2")});
  broken["child1"] = crash();
  take_log();
  end("child1", crash());
  BOOST_TEST(take_log() == "-child2");
  BOOST_TEST(name_of(verdict) == "io");
}

BOOST_AUTO_TEST_CASE(one_for_all_other_child_fails_restart) {
  auto uut = begin(rules(one_for_all), {spec("child1"), spec("child2")});
  take_log();
  slow = {"child2"};
  end("child1", crash());
  BOOST_TEST(take_log() == "-child2 +child1 +child2");
  slow.clear();
  end("child2", crash()); // before it was ready
  BOOST_TEST(take_log() == "-child1 +child1 +child2");
  BOOST_TEST(which_children(uut) == "child1 ready, child2 ready");
}

BOOST_AUTO_TEST_CASE(rest_for_one_other_child_fails_restart) {
  auto uut = begin(rules(rest_for_one), {spec("child1"), spec("child2")});
  take_log();
  slow = {"child2"};
  end("child1", crash());
  BOOST_TEST(take_log() == "-child2 +child1 +child2");
  slow.clear();
  end("child2", crash()); // before it was ready
  BOOST_TEST(take_log() == "+child2");
  BOOST_TEST(which_children(uut) == "child1 ready, child2 ready");
}

BOOST_AUTO_TEST_CASE(rest_for_one_escalation) {
  begin(rules(rest_for_one, 1), {spec("child1"), spec("child2")});
  broken["child1"] = crash();
  take_log();
  end("child1", crash());
  BOOST_TEST(take_log() == "-child2");
  BOOST_TEST(name_of(verdict) == "io");
}

// Not so in OTP, where they stay away.
BOOST_AUTO_TEST_CASE(rest_for_one_after_a_removal) {
  auto how = rules(rest_for_one);
  how.delay = how.max_delay = 10s;
  auto uut = begin(how, {spec("child1"), spec("child2"), spec("child3")});
  take_log();
  end("child2", crash());
  BOOST_TEST(take_log() == "-child3");
  BOOST_TEST(remove(uut, "child2") == "ok");
  advance(10s);
  BOOST_TEST(take_log() == "+child3");
  BOOST_TEST(which_children(uut) == "child1 ready, child3 ready");
}

// Not so in OTP, where giving up is a normal end.
BOOST_AUTO_TEST_CASE(a_transient_supervisor_that_gives_up_is_restarted) {
  auto below = nest("n", rules(one_for_one, 0), {spec("x")});
  below.restart = transient;
  auto uut = begin(rules(one_for_one), {below});
  take_log();
  end("n/x", crash());
  BOOST_TEST(take_log() == "+n/x");
  BOOST_TEST(which_children(uut) == "n ready, n/x ready");
}

BOOST_AUTO_TEST_CASE(simple_one_for_one) {
  auto uut = begin(rules(simple), {spec("like")});
  start(uut, named("child1"));
  start(uut, named("child2"));
  take_log();
  end("child2", crash());
  BOOST_TEST(take_log() == "+child2");
  BOOST_TEST(which_children(uut) == "child1 ready, child2 ready");
}

BOOST_AUTO_TEST_CASE(simple_one_for_one_shutdown) {
  auto uut = begin(rules(simple), {spec("like", transient)});
  start(uut, named("child1"));
  start(uut, named("child2"));
  end("child1", caf::exit_reason::user_shutdown); // is forgotten
  BOOST_TEST(which_children(uut) == "child2 ready");
  BOOST_TEST(start(uut, named("child1")) == "ok");
  shut_down(uut);
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

// What children have of their own goes over what they share.
BOOST_AUTO_TEST_CASE(simple_one_for_one_extra) {
  std::vector<json> seen;
  auto like = spec("like");
  like.parameters = document{json{{"every", 15}, {"qp", 36}}};
  auto cfg = config(rules(simple), {like});
  cfg.factory = [&, probes = cfg.factory](const child_spec& x,
                                          const std::string& path,
                                          const caf::actor& node) {
    seen.push_back(x.parameters.value());
    return probes(x, path, node);
  };
  auto uut = begin(cfg);
  auto own = named("child1");
  own.parameters = document{json{{"qp", 30}, {"source", "door"}}};
  BOOST_TEST(start(uut, own) == "ok");
  BOOST_TEST(seen.at(0)
             == (json{{"every", 15}, {"qp", 30}, {"source", "door"}}));
}

BOOST_AUTO_TEST_CASE(simple_one_for_one_escalation) {
  auto uut = begin(rules(simple, 1), {spec("like")});
  start(uut, named("child1"));
  start(uut, named("child2"));
  broken["child1"] = crash();
  take_log();
  end("child1", crash());
  BOOST_TEST(take_log() == "-child2");
  BOOST_TEST(name_of(verdict) == "io");
}

// Not so in OTP, where none can be there from the start.
BOOST_AUTO_TEST_CASE(simple_one_for_one_with_children_from_the_start) {
  auto uut = begin(rules(simple),
                   {spec("like"), named("child1"), named("child2")});
  BOOST_TEST(take_log() == "+child1 +child2");
  BOOST_TEST(which_children(uut) == "child1 ready, child2 ready");
}

BOOST_AUTO_TEST_CASE(simple_one_for_one_scale_many_temporary_children) {
  auto uut = begin(rules(simple), {spec("like", temporary)});
  for (int i = 0; i < 1000; ++i)
    start(uut, named(std::to_string(i)));
  BOOST_TEST(status_of(uut).ready == 1000u);
  for (int i = 0; i < 1000; ++i)
    end(std::to_string(i), {});
  BOOST_TEST(status_of(uut).children == 0u);
}

// -- counting, order, endless restarts ----------------------------------------

BOOST_AUTO_TEST_CASE(count_children) {
  auto uut = begin(rules(one_for_one),
                   {spec("a"), nest("n", rules(one_for_one), {spec("x")})});
  BOOST_TEST(status_of(uut).children == 2u);
  BOOST_TEST(status_of(uut).ready == 2u);
  stop(uut, "a");
  BOOST_TEST(status_of(uut).children == 2u);
  BOOST_TEST(status_of(uut).ready == 1u);
}

BOOST_AUTO_TEST_CASE(count_restarting_children) {
  auto how = rules(one_for_one);
  how.delay = how.max_delay = 10s;
  auto uut = begin(how, {spec("a"), spec("b")});
  end("a", crash());
  BOOST_TEST(status_of(uut).children == 2u);
  BOOST_TEST(status_of(uut).ready == 1u);
  BOOST_TEST(which_children(uut) == "a waiting, b ready");
}

BOOST_AUTO_TEST_CASE(order_of_children) {
  auto uut = begin(rules(rest_for_one), {spec("a"), spec("b")});
  start(uut, spec("c"));
  stop(uut, "a");
  start(uut, std::string{"a"}); // keeps its place
  BOOST_TEST(which_children(uut) == "a ready, b ready, c ready");
  take_log();
  shut_down(uut);
  BOOST_TEST(take_log() == "-c -b -a");
}

// It answers while a child cannot be started again and again.
BOOST_AUTO_TEST_CASE(hanging_restart_loop) {
  for (auto how : {one_for_one, rest_for_one, simple}) {
    auto slowly = rules(how, 1000);
    slowly.delay = slowly.max_delay = 100ms;
    auto uut = how == simple ? begin(slowly, {spec("like"), named("a")})
                             : begin(slowly, {spec("a"), spec("b")});
    broken["a"] = crash();
    end("a", crash());
    for (int i = 0; i < 20; ++i) {
      advance(100ms);
      BOOST_TEST(status_of(uut).restarts > 0u);
    }
    BOOST_TEST(remove(uut, "a") == "ok");
    shut_down(uut);
    BOOST_TEST(how_it_ended() == "user_shutdown");
    broken.clear();
  }
}

// -- auto_shutdown ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(never_shutdown) {
  auto uut = begin(rules(one_for_one), {spec("a", transient)});
  end("a", {});
  BOOST_TEST(how_it_ended() == "alive");
}

BOOST_AUTO_TEST_CASE(any_significant_shutdown) {
  begin(shutting_down(auto_shutdown::any_significant),
        {significant("a", transient), significant("b", transient), spec("c")});
  take_log();
  end("a", {});
  BOOST_TEST(take_log() == "-c -b");
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

BOOST_AUTO_TEST_CASE(any_significant_shutdown_of_a_temporary_child) {
  begin(shutting_down(auto_shutdown::any_significant),
        {significant("a", temporary), spec("b")});
  end("a", crash()); // it does not come back
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

BOOST_AUTO_TEST_CASE(a_significant_child_that_comes_back_ends_nothing) {
  auto uut = begin(shutting_down(auto_shutdown::any_significant),
                   {significant("a", transient)});
  end("a", crash());
  BOOST_TEST(which_children(uut) == "a ready");
}

BOOST_AUTO_TEST_CASE(all_significant_shutdown) {
  begin(shutting_down(auto_shutdown::all_significant),
        {significant("a", transient), significant("b", temporary), spec("c")});
  end("b", {});
  BOOST_TEST(how_it_ended() == "alive");
  end("a", {});
  BOOST_TEST(how_it_ended() == "user_shutdown");
}

BOOST_AUTO_TEST_CASE(a_significant_child_that_is_stopped_ends_nothing) {
  auto uut = begin(shutting_down(auto_shutdown::any_significant),
                   {significant("a", transient), spec("b")});
  BOOST_TEST(stop(uut, "a") == "ok");
  BOOST_TEST(how_it_ended() == "alive");
  begin(shutting_down(auto_shutdown::any_significant, one_for_all),
        {significant("x", temporary), spec("y")});
  end("y", crash()); // takes x along
  BOOST_TEST(how_it_ended() == "alive");
}

// For its parent it has ended normally.
BOOST_AUTO_TEST_CASE(a_nested_supervisor_may_be_done) {
  auto below = nest("n", shutting_down(auto_shutdown::any_significant),
                    {significant("x", transient)});
  below.restart = transient;
  auto uut = begin(rules(one_for_one), {below, spec("b")});
  end("n/x", {});
  BOOST_TEST(which_children(uut) == "n stopped, b ready");
}

BOOST_AUTO_TEST_SUITE_END()
