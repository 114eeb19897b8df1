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

BOOST_AUTO_TEST_SUITE_END()
