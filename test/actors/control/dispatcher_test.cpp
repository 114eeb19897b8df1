#include "actors/control/dispatcher.hpp"

#include "runtime/error.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

artifact model(const std::string& name) {
  artifact result;
  result.name = name;
  result.version = 1;
  result.id = "model/" + result.reference();
  result.files = {{"weights", "w", "hash-of-" + name, 3}};
  return result;
}

deployment order(const std::string& target, const std::string& what) {
  deployment result;
  result.target = target;
  result.function = "backup_detector";
  result.parameter = "model";
  result.artifact = what;
  return result;
}

/// A backend with a registry, and fogs with caches that say what the test lets
/// them hold.
struct fixture : test::test_system {
  struct fog {
    node_info info;
    caf::actor node, cache, policies, receiver;
    std::set<std::string> files; ///< hashes
    desired_state told;
    desired_choices choices;
    bool has_streams = true;
    bool silent = false;
  };

  fixture() {
    store = sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
        [this](read_atom) -> caf::result<document> {
          if (away)
            return caf::make_error(ec::io, "no database");
          return document{json{{"deployments", to_json_value(orders)},
                               {"artifacts", to_json_value(known)},
                               {"assignments", to_json_value(assigned)},
                               {"streams", json::array()}}};
        },
        [this](fetch_atom, const std::string& hash) {
          fetched.push_back(hash);
          return blob{blob::buffer{1, 2, 3}};
        },
      };
    });
    backend = sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {
        [this](nodes_atom) {
          std::vector<node_info> result{
            {"backend-1", "backend", "", "", 1, 1, {}}};
          for (auto& [name, x] : fogs)
            result.push_back(x.info);
          return result;
        },
        [this](resolve_atom, const node_info& x) {
          return fogs.at(x.name).node;
        },
        [this](resolve_atom, const std::string&) { return store; },
      };
    });
    cfg.node = backend;
    cfg.sender = [this](caf::actor_system& in, const receiver_actor& to) {
      return in.spawn(
        [this,
         to](file_sender_actor::pointer) -> file_sender_actor::behavior_type {
          return {
            [](status_atom) { return status_report{}; },
            [](ready_atom) {},
            [this, to](transfer_atom, const transfer_offer& x, const blob&,
                       caf::timespan) -> caf::result<void> {
              if (broken)
                return caf::make_error(ec::cloud_down, "connection lost");
              for (auto& [name, y] : fogs)
                if (caf::actor_cast<receiver_actor>(y.receiver) == to)
                  y.files.insert(x.key.stream);
              return caf::unit;
            },
          };
        });
    };
  }

  ~fixture() {
    std::vector<caf::actor> all{caf::actor_cast<caf::actor>(uut), backend,
                                store};
    for (auto& [name, x] : fogs)
      all.insert(all.end(), {x.node, x.cache, x.policies, x.receiver});
    for (auto& x : all)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  void join(const std::string& name, uint64_t incarnation = 1) {
    auto& x = fogs[name];
    x.info.name = name;
    x.info.tier = "fog";
    x.info.incarnation = incarnation;
    x.cache = sys.spawn([&x](caf::event_based_actor*) -> caf::behavior {
      return {[&x](apply_atom, const document& all) {
        from_json_value(all.value(), x.told, "told");
        reported_state result;
        for (auto& slot : x.told.slots) {
          auto& hash = slot.what.files[0].sha256;
          auto there = x.files.count(hash) != 0;
          result.slots.push_back(
            {slot.function, slot.parameter, slot.what.reference(),
             there ? slot_state::serving : slot_state::missing, ""});
          if (!there)
            result.missing.push_back(hash);
        }
        return document{to_json_value(result)};
      }};
    });
    x.policies = sys.spawn([&x](caf::event_based_actor*) -> caf::behavior {
      return {[&x](apply_atom, const document& all) {
        from_json_value(all.value(), x.choices, "choices");
        reported_choices result;
        for (auto& y : x.choices.orders)
          result.streams.push_back(
            {y.order.streams, y.order.artifact, y.order.artifact, ""});
        return document{to_json_value(result)};
      }};
    });
    x.receiver = sys.spawn([](caf::event_based_actor*) -> caf::behavior {
      return {[](cancel_atom) {}};
    });
    x.node = sys.spawn([&x](caf::event_based_actor* self) -> caf::behavior {
      return {[&x, self](resolve_atom,
                         const std::string& what) -> caf::result<caf::actor> {
        if (x.silent) {
          self->make_response_promise();
          return caf::delegated<caf::actor>{};
        }
        if (what == policy_cache_name && !x.has_streams)
          return caf::make_error(ec::not_found, "no such actor");
        return what == model_cache_name    ? x.cache
               : what == policy_cache_name ? x.policies
                                           : x.receiver;
      }};
    });
  }

  void start() {
    uut = sys.spawn(dispatcher, cfg);
    run();
  }

  void look() {
    advance(1s);
  }

  dispatcher_status said() {
    dispatcher_status result;
    auto handle = self->request(uut, caf::infinite, status_atom_v);
    run();
    handle.receive(
      [&](const status_report& x) {
        from_json_value(x.details.value(), result, "status");
      },
      [](const caf::error& x) { BOOST_FAIL(describe(x)); });
    return result;
  }

  std::map<std::string, fog> fogs;
  std::vector<deployment> orders;
  std::vector<assignment> assigned;
  std::vector<artifact> known{model("face"), model("car")};
  std::vector<std::string> fetched;
  bool away = false, broken = false;
  caf::actor store, backend;
  dispatcher_config cfg;
  observable_actor uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dispatcher_tests, fixture)

BOOST_AUTO_TEST_CASE(nodes_get_files_and_what_shall_run) {
  join("fog-1");
  join("fog-2");
  orders = {order("fog", "face@1"), order("fog-2", "car@1")};
  start();
  look();
  look();
  BOOST_TEST(fogs["fog-1"].files.count("hash-of-face") == 1u);
  BOOST_TEST(fogs["fog-2"].files.count("hash-of-car") == 1u);
  BOOST_TEST(fogs["fog-2"].files.size() == 1u);
  auto x = said();
  BOOST_TEST_REQUIRE(x.nodes.size() == 2u);
  BOOST_TEST(x.nodes[0].settled);
  BOOST_TEST(x.nodes[1].settled);
  BOOST_TEST(x.files == 2u);
  look();
  BOOST_TEST(said().files == 2u); // once is enough
}

BOOST_AUTO_TEST_CASE(who_joins_later_follows) {
  orders = {order("fog", "face@1")};
  start();
  join("fog-1");
  look();
  look();
  BOOST_TEST(said().nodes.at(0).settled);
  fogs["fog-1"].info.incarnation = 2; // started anew, its disk is empty
  fogs["fog-1"].files.clear();
  look();
  look();
  BOOST_TEST(said().nodes.at(0).settled);
  BOOST_TEST(said().files == 2u);
}

BOOST_AUTO_TEST_CASE(it_may_be_killed_at_any_time) {
  join("fog-1");
  orders = {order("fog", "face@1")};
  start();
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  orders = {order("fog", "car@1")};
  start();
  look();
  look();
  BOOST_TEST(fogs["fog-1"].told.slots.at(0).what.reference() == "car@1");
  BOOST_TEST(said().nodes.at(0).settled);
}

BOOST_AUTO_TEST_CASE(while_the_registry_is_away_nodes_are_told_nothing_new) {
  join("fog-1");
  orders = {order("fog", "face@1")};
  start();
  look();
  away = true;
  orders.clear();
  look();
  BOOST_TEST(fogs["fog-1"].told.slots.size() == 1u);
  BOOST_TEST(said().last_error.find("no database") != std::string::npos);
  away = false;
  look();
  BOOST_TEST(fogs["fog-1"].told.slots.empty());
  BOOST_TEST(said().last_error.empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_is_silent_holds_up_no_other) {
  join("fog-1");
  join("fog-2");
  fogs["fog-1"].silent = true;
  orders = {order("fog", "face@1")};
  start();
  for (int i = 0; i < 8; ++i)
    look();
  auto x = said();
  BOOST_TEST(!x.nodes.at(0).settled);
  BOOST_TEST(x.nodes.at(0).problem == "it does not answer");
  BOOST_TEST(x.nodes.at(1).settled);
  fogs["fog-1"].silent = false;
  look();
  look();
  BOOST_TEST(said().nodes.at(0).settled);
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_arrive_is_sent_again) {
  join("fog-1");
  orders = {order("fog", "face@1")};
  broken = true;
  start();
  look();
  BOOST_TEST(said().nodes.at(0).problem.find("connection lost")
             != std::string::npos);
  broken = false;
  look();
  look();
  BOOST_TEST(said().nodes.at(0).settled);
}

BOOST_AUTO_TEST_CASE(fogs_are_told_what_their_streams_are_assigned) {
  join("fog-1");
  assignment night;
  night.streams = "door";
  night.artifact = "night@1";
  assigned = {night};
  known.push_back(model("night"));
  known.back().kind = artifact_kind::policy;
  start();
  look();
  auto& told = fogs["fog-1"].choices.orders;
  BOOST_TEST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].what.reference() == "night@1");
  auto said_now = said().nodes.at(0);
  BOOST_TEST_REQUIRE(said_now.streams.size() == 1u);
  BOOST_TEST(said_now.streams[0].runs == "night@1");
  assigned.clear();
  look();
  BOOST_TEST(told.empty());
  look();
  BOOST_TEST(said().nodes.at(0).streams.empty());
}

BOOST_AUTO_TEST_CASE(a_fog_that_takes_no_policies_takes_models) {
  join("fog-1");
  fogs["fog-1"].has_streams = false;
  orders = {order("fog", "face@1")};
  start();
  look();
  look();
  BOOST_TEST(said().nodes.at(0).settled);
  BOOST_TEST(said().nodes.at(0).problem == "");
}

BOOST_AUTO_TEST_SUITE_END()
