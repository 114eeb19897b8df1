#include "actors/control/policy_cache.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <map>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// A fog whose streams run what they are told.
struct fixture : test::test_system {
  struct stream {
    caf::actor coordinator, supervisor;
    std::string runs; ///< empty: its own
    std::vector<json> told;
    std::vector<std::string> started; ///< functions of its own
    std::set<std::string> refuses;
    bool silent = false;
  };

  fixture() {
    node = sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
        [this](tree_atom) {
          ++looks;
          return tree();
        },
        [this](resolve_atom,
               const std::string& path) -> caf::result<caf::actor> {
          for (auto& [name, x] : streams) {
            if (path == "streams/" + name)
              return x.supervisor;
            if (path == "streams/" + name + "/coordinator")
              return x.coordinator;
          }
          return caf::make_error(ec::not_found, path);
        },
      };
    });
    cfg.node = node;
    cfg.folder = dir.path("policies");
    cfg.clock = [this] { return wall; };
  }

  ~fixture() {
    std::vector<caf::actor> all{node, caf::actor_cast<caf::actor>(uut)};
    for (auto& [name, x] : streams)
      all.insert(all.end(), {x.coordinator, x.supervisor});
    for (auto& x : all)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  std::vector<tree_entry> tree() const {
    std::vector<tree_entry> result;
    auto put = [&](const std::string& path) {
      result.emplace_back();
      result.back().path = path;
    };
    put("streams");
    for (auto& [name, x] : streams) {
      for (auto& y : x.started)
        put("streams/" + name + "/" + y);
      put("streams/" + name + "/coordinator");
    }
    return result;
  }

  void add(const std::string& name) {
    auto& x = streams[name];
    x.supervisor = sys.spawn([&x](caf::event_based_actor*) -> caf::behavior {
      return {[&x](start_atom, const child_spec& y) {
        x.started.push_back(y.name);
        return x.coordinator;
      }};
    });
    start_coordinator(name);
  }

  void start_coordinator(const std::string& name) {
    auto& x = streams[name];
    if (x.coordinator)
      caf::anon_send_exit(x.coordinator, caf::exit_reason::kill);
    x.runs.clear();
    x.coordinator
      = sys.spawn([&x](caf::event_based_actor* self) -> caf::behavior {
          return {[&x, self](configure_atom,
                             const document& y) -> caf::result<document> {
            if (x.silent) {
              self->make_response_promise();
              return caf::delegated<document>{};
            }
            return configure(x, y);
          }};
        });
    run();
  }

  static caf::result<document> configure(stream& x, const document& y) {
    if (y.has("assigned")) {
      auto& what = y.value().at("assigned");
      auto name = what.is_null() ? "" : what.at("name").get<std::string>();
      if (x.refuses.count(name) != 0)
        return caf::make_error(ec::bad_config, "it has no classifier");
      x.told.push_back(what);
      x.runs = name;
    }
    document result;
    if (!x.runs.empty())
      result.set("assigned", x.runs);
    return result;
  }

  void start() {
    uut = sys.spawn(policy_cache, cfg);
    run();
  }

  void kill() {
    caf::anon_send_exit(uut, caf::exit_reason::kill);
    run();
  }

  static assigned_script order(const std::string& streams,
                               const std::string& name,
                               const std::string& at = "") {
    assigned_script result;
    result.what.kind = artifact_kind::policy;
    result.what.name = name;
    result.what.version = 1;
    result.what.content = "text of " + name;
    result.order.streams = streams;
    result.order.artifact = name + "@1";
    result.order.at = at;
    result.order.zone = at.empty() ? "" : "CET-1CEST,M3.5.0,M10.5.0/3";
    return result;
  }

  /// What a backend says, and the answer.
  std::map<std::string, reported_choice>
  tell(const std::vector<assigned_script>& orders) {
    reported_choices said;
    auto handle
      = self->request(uut, caf::infinite, apply_atom_v,
                      document{to_json_value(desired_choices{orders})});
    run();
    handle.receive(
      [&](const document& x) {
        auto err = from_json_value(x.value(), said, "said");
        BOOST_TEST(!err, describe(err));
      },
      [&](const caf::error& x) { refused = describe(x); });
    std::map<std::string, reported_choice> result;
    for (auto& x : said.streams)
      result[x.stream] = x;
    return result;
  }

  void at(const std::string& moment) {
    wall = *parse_moment(moment);
    look();
  }

  void look() {
    advance(1s);
  }

  std::string runs(const std::string& name) {
    return streams.at(name).runs;
  }

  test::temp_dir dir;
  std::map<std::string, stream> streams;
  caf::timestamp wall = *parse_moment("2024-03-30T12:00:00Z");
  int looks = 0;
  std::string refused;
  caf::actor node;
  policy_cache_config cfg;
  policy_cache_actor uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(policy_cache_tests, fixture)

BOOST_AUTO_TEST_CASE(streams_run_what_they_are_assigned) {
  add("door");
  add("yard");
  start();
  tell({order("door", "night")});
  BOOST_TEST(runs("door") == "night@1");
  BOOST_TEST(runs("yard") == "");
  BOOST_TEST(streams["door"].told.at(0)
             == json({{"name", "night@1"}, {"policy", "text of night"}}));
  auto said = tell({order("door", "night")});
  BOOST_TEST(said.size() == 1u);
  BOOST_TEST(said["door"].wanted == "night@1");
  BOOST_TEST(said["door"].runs == "night@1");
  BOOST_TEST(said["door"].problem == "");
  for (int i = 0; i < 5; ++i)
    look();
  BOOST_TEST(streams["door"].told.size() == 1u); // once is enough
  tell({});
  BOOST_TEST(runs("door") == "");
  BOOST_TEST(tell({}).empty());
}

BOOST_AUTO_TEST_CASE(who_comes_later_or_again_is_told_too) {
  start();
  tell({order("*", "night")});
  add("door");
  look();
  BOOST_TEST(runs("door") == "night@1");
  start_coordinator("door"); // it was killed
  look();
  BOOST_TEST(runs("door") == "night@1");
}

// Berlin's clocks went from 02:00 to 03:00 on 31 March 2024.
BOOST_AUTO_TEST_CASE(a_timetable_is_gone_by) {
  add("door");
  start();
  tell({order("door", "day"), order("door", "night", "22:00-06:00 Berlin")});
  BOOST_TEST(runs("door") == "day@1");
  at("2024-03-30T20:59:59Z");
  BOOST_TEST(runs("door") == "day@1");
  at("2024-03-30T21:00:00Z");
  BOOST_TEST(runs("door") == "night@1");
  at("2024-03-31T03:59:59Z");
  BOOST_TEST(runs("door") == "night@1");
  at("2024-03-31T04:00:00Z");
  BOOST_TEST(runs("door") == "day@1");
}

BOOST_AUTO_TEST_CASE(it_goes_on_after_a_restart_without_a_backend) {
  add("door");
  start();
  tell({order("door", "night", "22:00-06:00 Berlin")});
  kill();
  start();
  at("2024-03-30T21:00:00Z");
  BOOST_TEST(runs("door") == "night@1");
}

BOOST_AUTO_TEST_CASE(what_was_withdrawn_while_it_was_gone_ends) {
  add("door");
  start();
  tell({order("door", "night")});
  kill();
  std::filesystem::remove_all(dir.path("policies"));
  start();
  BOOST_TEST(runs("door") == "");
}

BOOST_AUTO_TEST_CASE(a_stream_that_refuses_is_named_and_asked_again) {
  add("door");
  add("yard");
  streams["door"].refuses = {"night@1"};
  start();
  tell({order("*", "night")});
  auto said = tell({order("*", "night")});
  BOOST_TEST(said["door"].problem == "it has no classifier");
  BOOST_TEST(said["door"].runs == "");
  BOOST_TEST(runs("yard") == "night@1");
  streams["door"].refuses.clear();
  for (int i = 0; i < 6; ++i)
    look();
  BOOST_TEST(runs("door") == "night@1");
  BOOST_TEST(tell({order("*", "night")})["door"].problem == "");
}

BOOST_AUTO_TEST_CASE(another_assignment_does_not_wait_for_the_next_try) {
  add("door");
  streams["door"].refuses = {"night@1"};
  start();
  tell({order("*", "night")});
  tell({order("*", "day")});
  BOOST_TEST(runs("door") == "day@1");
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_silent_holds_up_no_other) {
  add("door");
  add("yard");
  streams["door"].silent = true;
  start();
  tell({order("*", "night")});
  look();
  BOOST_TEST(runs("yard") == "night@1");
  advance(3s);
  BOOST_TEST(tell({order("*", "night")})["door"].problem
             == "no answer in time");
  streams["door"].silent = false;
  for (int i = 0; i < 6; ++i)
    look();
  BOOST_TEST(runs("door") == "night@1");
}

BOOST_AUTO_TEST_CASE(functions_that_it_needs_are_started_before) {
  add("door");
  cfg.needs = [](const artifact& x) {
    std::vector<child_spec> result(x.name == "night" ? 2 : 0);
    for (size_t i = 0; i < result.size(); ++i)
      result[i].name = i == 0 ? "trigger" : "forwarder";
    return result;
  };
  streams["door"].started = {"trigger"};
  start();
  tell({order("door", "night")});
  BOOST_TEST(runs("door") == "night@1");
  BOOST_TEST(streams["door"].started
               == std::vector<std::string>({"trigger", "forwarder"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_assignments_nobody_is_asked) {
  add("door");
  start();
  auto before = looks;
  for (int i = 0; i < 5; ++i)
    look();
  BOOST_TEST(looks == before);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_changes_nothing) {
  add("door");
  start();
  tell({order("door", "night")});
  tell({order("door", "day", "at night Berlin")});
  BOOST_TEST(refused.find("\"at\" is no part of a timetable")
               != std::string::npos,
             refused);
  look();
  BOOST_TEST(runs("door") == "night@1");
  kill();
  std::ofstream{dir.path("policies/assigned.json")} << "{";
  start(); // the backend says it again
  tell({order("door", "night")});
  BOOST_TEST(runs("door") == "night@1");
}

BOOST_AUTO_TEST_SUITE_END()
