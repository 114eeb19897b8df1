#include "actors/learning/trainer.hpp"

#include "support/learning_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture : test::learning_system {
  double accuracy_on(const std::vector<std::string>& labels) {
    return test::accuracy(live(), world.crops(labels, 50));
  }

  json heads() {
    return ask<document>(at<trainer_actor>("trainer"), fetch_atom_v)
      ->value()["heads"];
  }

  std::vector<std::string> with_scooters{"car", "van", "", "scooter"};

  /// From now on new heads are tried for ten minutes.
  void with_trials() {
    trial.longest = 10min;
    kill("trainer");
    start_trainer();
    look();
    look();
  }

  /// Time passes, also on the wall.
  void wait(caf::timespan x) {
    time += x;
    look();
    look();
  }

  /// The fog says this of heads on trial.
  void answer_for_the_fog(const trial_evidence& x) {
    kill("collector");
    enter("collector", sys.spawn([this, x](collector_actor::pointer)
                                   -> collector_actor::behavior_type {
      return {
        [](status_atom) { return status_report{}; },
        [](ready_atom) {},
        [](keep_atom, const item&, const namings&) {},
        [](fetch_atom, uint64_t at, uint64_t) {
          return document{{{"position", at}, {"crops", json::array()}}};
        },
        [](fetch_atom, const std::string&) { return blob{}; },
        [this, x](read_atom) {
          return document{{{"model", "toy@1/first"},
                           {"version", told.empty() ? "" : told},
                           {"by_hand", false},
                           {"first", to_json_value(first)},
                           {"live", to_json_value(first)},
                           {"trial", tried_version},
                           {"evidence", to_json_value(x)}}};
        },
        [this](configure_atom, const std::string& version, const one_vs_all&) {
          tried_version = is_trial(version) ? version : "";
          if (!is_trial(version))
            told = version;
        },
        [](result_atom, const std::vector<frame_result>&) {}};
    }));
  }

  std::string told, tried_version;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trainer_tests, fixture)

BOOST_AUTO_TEST_CASE(a_click_changes_what_the_fog_says_without_waiting) {
  auto crop = world.crop("scooter");
  auto ids = sees({crop});
  look();
  BOOST_TEST(test::accuracy(live(), {crop}) == 0);
  label(ids, "scooter");
  run(); // and no time passes
  BOOST_TEST(test::accuracy(live(), {crop}) == 1);
  auto x = status("trainer");
  BOOST_TEST(x["passed"] == 1u);
  BOOST_TEST(x["click_to_live"]["count"] == 1u);
  BOOST_TEST(x["behind"] == 0u);
  BOOST_TEST(status("collector")["heads"] == x["heads"]);
}

BOOST_AUTO_TEST_CASE(a_new_class_is_known_after_ten_labels) {
  teach(world.crops({"scooter"}, 10));
  BOOST_TEST(accuracy_on({"scooter"}) > .8);
  BOOST_TEST(accuracy_on({"car", "van", ""}) > .8);
}

BOOST_AUTO_TEST_CASE(heads_that_lose_are_kept_and_shown) {
  teach(world.crops(with_scooters, 12));
  auto before = accuracy_on(with_scooters);
  BOOST_TEST(before > .8);
  auto said = classifier.heads;
  std::vector<taught_crop> wrong;
  for (auto& x : world.crops(with_scooters, 15)) {
    wrong.push_back(x);
    wrong.back().label = "car";
  }
  teach(wrong);
  BOOST_TEST(accuracy_on(with_scooters) > before - .1);
  BOOST_TEST(status("trainer")["refused"] > 0u);
  bool shown = false;
  for (auto& x : heads())
    shown = shown
            || (x["verdict"]["passed"] == false
                && !x["verdict"]["why"].get<std::string>().empty());
  BOOST_TEST(shown);
}

BOOST_AUTO_TEST_CASE(withdrawn_labels_leave_the_heads) {
  auto scooter = world.crop("scooter");
  auto ids = sees({scooter});
  look();
  label(ids, "scooter", "bob");
  run();
  BOOST_TEST(live().classes.size() == 3u);
  ask<document>(at<data_collector_actor>("data_collector"), remove_atom_v,
                document{{{"annotator", "bob"}, {"who", "eve"}}});
  run();
  BOOST_TEST((live() == first));
}

BOOST_AUTO_TEST_CASE(a_fog_that_was_away_gets_the_heads_when_it_is_back) {
  kill("collector");
  kill("classifier");
  auto ids = sees({world.crop("scooter")}); // nobody listens
  start_classifier();
  start_collector();
  look();
  ids = sees(world.crops({"scooter"}, 4)); // not all are held out
  look();
  kill("classifier");
  label(ids, "scooter"); // heads cannot be used now
  run();
  BOOST_TEST(classifier.heads == "first");
  start_classifier();
  advance(10s);
  look();
  BOOST_TEST(live().classes.size() == 3u);
  BOOST_TEST(status("trainer")["behind"] == 0u);
}

BOOST_AUTO_TEST_CASE(a_trainer_that_starts_again_makes_the_same_heads) {
  teach(world.crops(with_scooters, 3));
  auto said = classifier.heads;
  auto swaps = classifier.swaps;
  kill("trainer");
  start_trainer();
  look();
  look();
  BOOST_TEST((*read(said)).classes == live().classes,
             boost::test_tools::per_element());
  BOOST_TEST(classifier.swaps <= swaps + 1);
  teach({world.crop("scooter")});
  BOOST_TEST(accuracy_on({"scooter"}) > .7);
}

BOOST_AUTO_TEST_CASE(heads_that_somebody_chose_are_not_replaced) {
  auto mine = dir.write("mine.json", to_json_value(first).dump());
  classifier.heads = mine;
  look();
  teach({world.crop("scooter")});
  BOOST_TEST(classifier.heads == mine);
}

BOOST_AUTO_TEST_CASE(new_heads_are_tried_first_and_stay_after_a_while) {
  with_trials();
  teach(world.crops({"scooter"}, 4));
  BOOST_TEST(classifier.heads == "first");
  BOOST_TEST(test::accuracy(tried(), world.crops({"scooter"}, 20)) > .5);
  BOOST_TEST(heads()[0]["fate"] == "on trial");
  wait(9min);
  BOOST_TEST(classifier.heads == "first");
  wait(1min);
  BOOST_TEST(classifier.trial == "");
  BOOST_TEST(live().classes.size() == 3u);
  BOOST_TEST(heads()[0]["fate"] == "live");
  BOOST_TEST(status("trainer")["behind"] == 0u);
  BOOST_TEST(status("trainer")["rolled_back"] == 0u);
}

// The cloud agrees with the heads before: they are back without anybody's help,
// and what was tried is made again after some more labels only.
BOOST_AUTO_TEST_CASE(heads_that_the_cloud_contradicts_are_rolled_back) {
  with_trials();
  auto ids = sees(world.crops({"scooter"}, 2));
  look();
  answer_for_the_fog({20, 1, 6});
  look();
  label({ids[0]}, "scooter");
  run();
  BOOST_TEST(is_trial(tried_version), tried_version);
  look();
  look();
  BOOST_TEST(tried_version == "");
  BOOST_TEST(told.find("learnt-") == 0u, told);
  BOOST_TEST(status("trainer")["rolled_back"] == 1u);
  BOOST_TEST(heads()[0]["fate"] == "rolled back");
  label({ids[1]}, "scooter");
  look();
  BOOST_TEST(tried_version == "");
  BOOST_TEST(status("trainer")["rolled_back"] == 1u);
}

BOOST_AUTO_TEST_CASE(heads_that_the_cloud_confirms_need_not_wait) {
  with_trials();
  auto ids = sees(world.crops({"scooter"}, 1));
  look();
  answer_for_the_fog({20, 7, 1});
  look();
  label(ids, "scooter");
  look();
  look();
  BOOST_TEST(tried_version == "");
  BOOST_TEST(told.find("learnt-") == 0u, told);
  BOOST_TEST(status("trainer")["rolled_back"] == 0u);
}

// Somebody calls cars scooters, and heads on trial learn that; what others say
// of the next eight is held against them before it is learnt.
BOOST_AUTO_TEST_CASE(people_who_contradict_heads_on_trial_roll_them_back) {
  batch = 8;
  with_trials();
  auto see_cars = [&] {
    std::vector<std::string> ids;
    for (auto& x : world.crops({"car"}, 8))
      ids.push_back(sees({x}).front());
    look();
    return ids;
  };
  label(see_cars(), "scooter", "bob");
  look();
  BOOST_REQUIRE(!classifier.trial.empty());
  BOOST_TEST(test::accuracy(tried(), world.crops({"car"}, 30)) < .5);
  BOOST_TEST(test::accuracy(live(), world.crops({"car"}, 30)) > .8);
  label(see_cars(), "car");
  look();
  look();
  BOOST_TEST(status("trainer")["rolled_back"] == 1u);
  BOOST_TEST(classifier.trial == "");
  BOOST_TEST(test::accuracy(live(), world.crops({"car"}, 30)) > .8);
}

BOOST_AUTO_TEST_SUITE_END()
