#include "actors/directory.hpp"

#include "messages/protocol.hpp"
#include "support/test_system.hpp"
#include "support/watches.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct seeker_state {
  std::optional<directory> around;
};

using seeker_ptr = caf::stateful_actor<seeker_state>*;

/// A node that knows names and other nodes, and may be silent.
struct fixture : test::test_system {
  std::map<std::string, caf::actor> names;
  std::map<std::string, caf::actor> nodes;
  std::vector<std::string> asked;
  bool silent = false;
  std::vector<std::string> log; ///< "a", or "a?" where there is none
  caf::actor node = spawn_node("");
  caf::actor uut = spawn_seeker();
  std::vector<caf::actor> all{node, uut};

  ~fixture() {
    for (auto& x : all)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    run();
  }

  caf::actor spawn_node(const std::string& prefix) {
    return sys.spawn([=](caf::event_based_actor* me) -> caf::behavior {
      return {
        [=](resolve_atom, const std::string& x) -> caf::result<caf::actor> {
          asked.push_back(prefix + x);
          if (silent) {
            me->make_response_promise();
            return caf::delegated<caf::actor>{};
          }
          return look_up(names, prefix + x);
        },
        [=](resolve_atom, const node_info& x) { //
          return look_up(nodes, x.name);
        },
      };
    });
  }

  static caf::result<caf::actor>
  look_up(const std::map<std::string, caf::actor>& in, const std::string& x) {
    auto i = in.find(x);
    if (i == in.end())
      return caf::make_error(ec::not_found, "no " + x);
    return i->second;
  }

  caf::actor spawn_seeker() {
    return sys.spawn([this](seeker_ptr me) -> caf::behavior {
      me->state.around.emplace(me, node);
      me->set_down_handler([=](const caf::down_msg& x) {
        log.push_back("-" + me->state.around->forget(x));
      });
      return {
        [=](find_atom, const std::string& name) {
          me->state.around->find(name, [=](const caf::expected<caf::actor>& x) {
            log.push_back(name + (x ? "" : "?"));
          });
        },
        [=](watch_atom, const std::string& name) {
          me->state.around->want(name);
        },
        [=](due_atom) {
          me->state.around->look(
            [=](const std::string& name, const caf::actor& x) {
              BOOST_TEST((x == me->state.around->get<caf::actor>(name)));
              log.push_back("+" + name);
            });
        },
        [=](status_atom) { return int(me->state.around->size()); },
      };
    });
  }

  caf::actor hire(const std::string& name) {
    auto result = sys.spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](ready_atom) {}};
    });
    all.push_back(result);
    return names[name] = result;
  }

  template <class... Ts>
  void tell(const Ts&... xs) {
    caf::anon_send(uut, xs...);
    run();
  }

  void find(const std::string& name) {
    tell(find_atom_v, name);
  }

  void fire(const std::string& name) {
    caf::anon_send_exit(names[name], caf::exit_reason::kill);
    names.erase(name);
    run();
  }

  std::string take_log() {
    std::string result;
    for (auto& x : std::exchange(log, {}))
      result += (result.empty() ? "" : " ") + x;
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory_tests, fixture)

BOOST_AUTO_TEST_CASE(the_node_is_asked_once_for_each_life_of_an_actor) {
  hire("a");
  for (int i = 0; i < 3; ++i)
    find("a");
  BOOST_TEST(take_log() == "a a a");
  BOOST_TEST(asked.size() == 1u);
  fire("a");
  BOOST_TEST(take_log() == "-a");
  find("a");
  BOOST_TEST(take_log() == "a?");
  hire("a");
  find("a");
  BOOST_TEST(take_log() == "a");
}

BOOST_AUTO_TEST_CASE(who_asks_meanwhile_waits_in_order) {
  hire("a");
  silent = true;
  for (auto name : {"a", "b", "a"})
    find(name);
  BOOST_TEST(asked.size() == 2u);
  advance(1900ms);
  BOOST_TEST(take_log() == "");
  advance(100ms); // its patience
  BOOST_TEST(take_log() == "a? a? b?");
}

BOOST_AUTO_TEST_CASE(what_is_wanted_is_looked_for_until_it_is_there) {
  tell(watch_atom_v, std::string{"a"});
  tell(watch_atom_v, std::string{});
  tell(due_atom_v);
  BOOST_TEST(take_log() == "");
  hire("a");
  tell(due_atom_v);
  tell(due_atom_v);
  BOOST_TEST(take_log() == "+a");
  BOOST_TEST(asked.size() == 2u);
  fire("a");
  hire("a");
  tell(due_atom_v);
  BOOST_TEST(take_log() == "-a +a");
}

BOOST_AUTO_TEST_CASE(an_actor_of_another_node_is_found_there) {
  nodes["far"] = spawn_node("far/");
  all.push_back(nodes["far"]);
  hire("far/camera");
  find("far:camera");
  find("away:camera");
  BOOST_TEST(take_log() == "far:camera away:camera?");
  BOOST_TEST(asked == std::vector<std::string>{"far/camera"},
             boost::test_tools::per_element());
  fire("far/camera");
  BOOST_TEST(take_log() == "-far:camera");
}

BOOST_AUTO_TEST_CASE(it_lets_go_of_all_that_live_on) {
  auto a = hire("a");
  find("a");
  auto address = caf::actor_cast<caf::actor_addr>(uut);
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  BOOST_TEST(test::watches(address, a) == 0u);
}

BOOST_AUTO_TEST_CASE(without_a_node_nobody_is_found) {
  node = nullptr;
  all.push_back(uut = spawn_seeker());
  find("a");
  BOOST_TEST(take_log() == "a?");
}

BOOST_AUTO_TEST_SUITE_END()
