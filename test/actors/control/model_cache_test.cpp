#include "actors/control/model_cache.hpp"

#include "actors/node.hpp"
#include "runtime/error.hpp"
#include "runtime/sha256.hpp"
#include "support/fake_function.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

artifact model(const std::string& name, uint64_t version) {
  artifact result;
  result.name = name;
  result.version = version;
  result.id = "model/" + result.reference();
  auto bytes = "weights of " + result.reference();
  result.files = {{"weights", "w", sha256(bytes), bytes.size()}};
  result.digest = result.reference();
  return result;
}

struct fixture : test::test_system {
  fixture() {
    node_config ncfg;
    ncfg.info.name = "fog-1";
    ncfg.kinds = {{"user_function",
                   "",
                   {required(text("library", "", "what it runs"))},
                   false,
                   [this](const spawn_context& x) -> caf::expected<caf::actor> {
                     motion.parameters = x.parameters;
                     return caf::actor_cast<caf::actor>(
                       sys.spawn(test::function_like, &motion));
                   }}};
    node = sys.spawn(vpaas::node, ncfg);
    start_function();
    cfg.node = caf::actor_cast<caf::actor>(node);
    cfg.folder = dir.path("models");
    cfg.install = [this](const artifact& x, const std::string&) {
      ++tried;
      return broken.count(x.reference()) != 0
               ? caf::make_error(ec::bad_input, "its outputs are no numbers")
               : caf::error{};
    };
    cfg.keep_functions = [this](const std::set<std::string>& names,
                                const std::string&) { kept_functions = names; };
    start();
  }

  ~fixture() {
    for (auto& x : {caf::actor_cast<caf::actor>(uut), function,
                    caf::actor_cast<caf::actor>(node)})
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  void start() {
    uut = sys.spawn(model_cache, cfg);
    run();
  }

  void start_function() {
    function
      = caf::actor_cast<caf::actor>(sys.spawn(test::function_like, &detector));
    caf::anon_send(node, enter_atom_v, std::string{"detector"}, function);
    run();
  }

  /// What a backend says, and the answer to it once more.
  reported_state want(const std::vector<artifact>& xs) {
    desired_state all;
    for (auto& x : xs)
      all.slots.push_back({"detector", "model", x});
    return tell(all);
  }

  reported_state tell(const desired_state& all) {
    last = all;
    ask();
    return ask();
  }

  reported_state ask() {
    reported_state result;
    auto handle = self->request(uut, caf::infinite, apply_atom_v,
                                document{to_json_value(last)});
    run();
    handle.receive(
      [&](const document& x) {
        auto err = from_json_value(x.value(), result, "report");
        BOOST_TEST(!err, describe(err));
      },
      [](const caf::error& x) { BOOST_FAIL(describe(x)); });
    return result;
  }

  caf::error deliver(const artifact& x, std::string bytes = {}) {
    if (bytes.empty())
      bytes = "weights of " + x.reference();
    caf::error result;
    auto handle
      = self->request(uut, caf::infinite, deliver_atom_v,
                      delivery{{x.files[0].sha256, 1},
                               blob{blob::buffer(bytes.begin(), bytes.end())}});
    run();
    handle.receive([] {}, [&](caf::error& y) { result = std::move(y); });
    return result;
  }

  static artifact library(uint64_t version) {
    auto result = model("motion", version);
    result.kind = artifact_kind::function;
    return result;
  }

  /// The function `motion` of the node; null: there is none.
  caf::actor find_motion() {
    caf::actor result;
    auto handle = self->request(node, caf::infinite, resolve_atom_v,
                                std::string{"motion"});
    run();
    handle.receive([&](const caf::actor& x) { result = x; },
                   [](const caf::error&) {});
    return result;
  }

  std::string runs_library() {
    return find_motion() ? motion.parameters.get<std::string>("library") : "";
  }

  void end_motion() {
    caf::anon_send_exit(find_motion(), caf::exit_reason::kill);
    run();
  }

  std::string runs() const {
    return detector.parameters.get<std::string>("model");
  }

  test::temp_dir dir;
  test::fake_function detector, motion;
  std::set<std::string> broken, kept_functions;
  int tried = 0;
  desired_state last;
  node_actor node;
  caf::actor function;
  model_cache_config cfg;
  model_cache_actor uut;
};

const auto one = model("face", 1), two = model("face", 2);

} // namespace

BOOST_FIXTURE_TEST_SUITE(model_cache_tests, fixture)

BOOST_AUTO_TEST_CASE(a_model_is_asked_for_tried_and_given_to_its_function) {
  auto said = want({one});
  BOOST_TEST_REQUIRE(said.missing.size() == 1u);
  BOOST_TEST(said.missing[0] == one.files[0].sha256);
  BOOST_TEST((said.slots.at(0).state == slot_state::missing));
  BOOST_TEST(runs() == "own");
  BOOST_TEST(!deliver(one));
  BOOST_TEST(runs() == "face@1");
  said = ask();
  BOOST_TEST(said.missing.empty());
  BOOST_TEST((said.slots.at(0).state == slot_state::serving));
  BOOST_TEST(tried == 1);
  ask(); // saying it again changes nothing
  BOOST_TEST(detector.changes == 1);
}

BOOST_AUTO_TEST_CASE(a_file_with_another_hash_changes_nothing) {
  want({one});
  BOOST_TEST((deliver(one, "other bytes") == ec::bad_input));
  auto said = ask();
  BOOST_TEST((said.slots.at(0).state == slot_state::missing));
  BOOST_TEST(said.slots.at(0).problem.find("another hash")
             != std::string::npos);
  BOOST_TEST(runs() == "own");
}

BOOST_AUTO_TEST_CASE(a_model_that_is_no_good_leaves_the_one_before) {
  want({one});
  BOOST_TEST(!deliver(one));
  broken.insert("face@2");
  want({two});
  BOOST_TEST(!deliver(two));
  auto said = ask();
  BOOST_TEST((said.slots.at(0).state == slot_state::refused));
  BOOST_TEST(said.slots.at(0).problem == "its outputs are no numbers");
  BOOST_TEST(runs() == "face@1");
  advance(1min);
  BOOST_TEST(tried == 2); // it is not tried again
  said = want({one});
  BOOST_TEST((said.slots.at(0).state == slot_state::serving));
}

BOOST_AUTO_TEST_CASE(what_its_function_does_not_take_is_refused_too) {
  detector.refused.insert("face@1");
  want({one});
  BOOST_TEST(!deliver(one));
  auto said = ask();
  BOOST_TEST((said.slots.at(0).state == slot_state::refused));
  BOOST_TEST(said.slots.at(0).problem == "face@1 has wrong labels");
  BOOST_TEST(runs() == "own");
}

BOOST_AUTO_TEST_CASE(what_may_pass_is_tried_again) {
  detector.overloaded.insert("face@1");
  want({one});
  BOOST_TEST(!deliver(one));
  BOOST_TEST((ask().slots.at(0).state == slot_state::waiting));
  detector.overloaded.clear();
  for (int i = 0; i < 10; ++i)
    advance(1s);
  BOOST_TEST((ask().slots.at(0).state == slot_state::serving));
  BOOST_TEST(tried == 1);
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_lets_the_function_run_its_own) {
  want({one});
  BOOST_TEST(!deliver(one));
  want({two});
  BOOST_TEST(!deliver(two));
  BOOST_TEST(runs() == "face@2");
  want({one}); // its file is still here
  BOOST_TEST(runs() == "face@1");
  auto said = want({});
  BOOST_TEST(runs() == "own");
  BOOST_TEST(said.slots.empty());
}

BOOST_AUTO_TEST_CASE(after_a_restart_it_does_without_a_backend) {
  want({one});
  BOOST_TEST(!deliver(one));
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  detector.parameters.set("model", "own"); // started anew, as well
  start();
  BOOST_TEST(runs() == "face@1");
  BOOST_TEST(want({}).slots.empty());
  BOOST_TEST(runs() == "own");
}

BOOST_AUTO_TEST_CASE(a_function_that_was_started_anew_gets_its_model_again) {
  want({one});
  BOOST_TEST(!deliver(one));
  caf::anon_send_exit(function, caf::exit_reason::kill);
  run();
  detector.parameters.set("model", "own");
  start_function();
  advance(1s);
  advance(1s);
  BOOST_TEST(runs() == "face@1");
  BOOST_TEST(tried == 1);
}

BOOST_AUTO_TEST_CASE(a_function_that_is_not_there_is_waited_for) {
  desired_state all;
  all.slots.push_back({"classifier", "model", one});
  tell(all);
  BOOST_TEST(!deliver(one));
  BOOST_TEST((ask().slots.at(0).state == slot_state::waiting));
  BOOST_TEST(!ask().slots.at(0).problem.empty());
  BOOST_TEST(tell({}).slots.empty());
}

BOOST_AUTO_TEST_CASE(what_is_only_dispatched_is_held) {
  desired_state all;
  all.slots.push_back({"", "model face", one});
  tell(all);
  BOOST_TEST(!deliver(one));
  BOOST_TEST((ask().slots.at(0).state == slot_state::held));
  BOOST_TEST(runs() == "own");
  BOOST_TEST(tried == 0);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_asked_for_again) {
  desired_state all;
  all.slots.push_back({"", "model face", one});
  tell(all);
  BOOST_TEST(!deliver(one));
  std::ofstream{cfg.folder + "/" + one.files[0].sha256} << "rot";
  auto said = want({one});
  BOOST_TEST(said.missing.size() == 1u);
  BOOST_TEST(!deliver(one));
  BOOST_TEST(runs() == "face@1");
}

BOOST_AUTO_TEST_CASE(its_notes_may_be_damaged) {
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  std::ofstream{cfg.folder + "/slots.json"} << "{ half";
  start();
  want({one});
  BOOST_TEST(!deliver(one));
  BOOST_TEST(runs() == "face@1");
}

BOOST_AUTO_TEST_CASE(a_library_runs_in_a_function_that_is_started_for_it) {
  desired_state all;
  auto first = library(1), second = library(2);
  all.slots.push_back({"motion", "library", first});
  tell(all);
  BOOST_TEST(!deliver(first));
  BOOST_TEST((ask().slots.at(0).state == slot_state::serving));
  BOOST_TEST(runs_library() == "motion@1");
  // The next version takes its place, one that is no good does not.
  all.slots[0].what = second;
  broken = {"motion@2"};
  tell(all);
  BOOST_TEST(!deliver(second));
  BOOST_TEST((ask().slots.at(0).state == slot_state::refused));
  BOOST_TEST(runs_library() == "motion@1");
  all.slots[0].what = first;
  tell(all);
  BOOST_TEST((ask().slots.at(0).state == slot_state::serving));
  // It is there again after it died, and after a restart of the cache.
  end_motion();
  advance(1s);
  advance(1s);
  BOOST_TEST(runs_library() == "motion@1");
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  BOOST_TEST(runs_library() == ""); // it ends with its owner
  start();
  advance(1s);
  BOOST_TEST(runs_library() == "motion@1");
  tell({});
  BOOST_TEST(ask().slots.empty());
  BOOST_TEST(runs_library() == "");
}

BOOST_AUTO_TEST_CASE(a_function_in_lua_is_tried_and_held) {
  auto lua = model("counter", 1);
  lua.kind = artifact_kind::function;
  lua.files.clear();
  desired_state all;
  all.slots.push_back({"", "library counter", lua});
  tell(all);
  BOOST_TEST((ask().slots.at(0).state == slot_state::held));
  BOOST_TEST(tried == 1);
  all.slots[0].what.version = 2;
  all.slots[0].what.id = "function/counter@2";
  all.slots[0].what.digest = "counter@2";
  broken = {"counter@2"};
  tell(all);
  BOOST_TEST((ask().slots.at(0).state == slot_state::refused));
  BOOST_TEST(ask().slots.at(0).problem == "its outputs are no numbers");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_function_goes_back_with_it) {
  auto version = [](uint64_t x) {
    auto result = model("counter", x);
    result.kind = artifact_kind::function;
    result.files.clear();
    return result;
  };
  desired_state all;
  all.slots.push_back({"", "library counter", version(1)});
  tell(all);
  all.slots[0].what = version(2);
  tell(all);
  BOOST_TEST(tried == 2);
  BOOST_TEST(kept_functions.count("counter") == 1u);
  all.slots[0].what = version(1); // rolled back
  tell(all);
  BOOST_TEST(tried == 3);
  BOOST_TEST((ask().slots.at(0).state == slot_state::held));
  tell({});
  BOOST_TEST(kept_functions.empty());
  tell(all);
  BOOST_TEST(tried == 4);
}

BOOST_AUTO_TEST_SUITE_END()
