#include "actors/learning/data_collector.hpp"

#include "support/learning_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture : test::learning_system {
  data_collector_actor uut() {
    return at<data_collector_actor>("data_collector");
  }

  json list(json wish = json::object()) {
    auto x = ask<document>(uut(), fetch_atom_v, document{std::move(wish)});
    BOOST_REQUIRE(bool(x));
    return x->value()["crops"];
  }

  json log() {
    auto x = ask<document>(uut(), find_atom_v, uint64_t{0}, uint64_t{1000});
    BOOST_REQUIRE(bool(x));
    return x->value();
  }

  caf::expected<document> undo(json wish) {
    wish["who"] = "zoe";
    return ask<document>(uut(), remove_atom_v, document{std::move(wish)});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(data_collector_tests, fixture)

BOOST_AUTO_TEST_CASE(crops_of_fogs_are_listed_and_shown) {
  auto ids = sees({world.crop("car"), world.crop("van")});
  auto yard = sees({world.crop("car")}, "yard");
  BOOST_TEST(list().empty());
  look();
  BOOST_TEST(list().size() == 3u);
  BOOST_TEST(list({{"most", 1}}).size() == 1u);
  BOOST_TEST(list({{"stream", "yard"}})[0]["id"] == yard[0]);
  BOOST_TEST(list({{"cameras", {"do*"}}}).size() == 2u);
  BOOST_TEST(!list()[0].contains("features"));
  BOOST_TEST(ask<blob>(uut(), fetch_atom_v, ids[0])->size() > 100u);
  auto gone = ask<blob>(uut(), fetch_atom_v, std::string{"x"});
  BOOST_TEST((gone.error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(look_alikes_are_named_together) {
  auto one = world.crop("car");
  auto a = sees({one}), b = sees({one}, "yard");
  sees({world.crop("van")});
  look();
  for (auto& x : list())
    if (x["id"] == a[0])
      BOOST_TEST(x["alike"] == json::array({b[0]}));
  auto added = label({a[0], b[0]}, "car");
  BOOST_REQUIRE(bool(added));
  BOOST_TEST(added->value()["entries"].size() == 2u);
  BOOST_TEST(list().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_label_is_kept_with_who_said_it) {
  auto ids = sees({world.crop("car")});
  look();
  BOOST_TEST(bool(label(ids, "car")));
  BOOST_TEST(bool(label(ids, "van", "zoe")));
  auto x = log();
  BOOST_REQUIRE(x["entries"].size() == 2u);
  BOOST_TEST(x["entries"][0]["who"] == "eve");
  BOOST_TEST(x["entries"][1]["label"] == "van");
  BOOST_TEST(x["annotators"][0]["outvoted"] == 1u); // the newest holds
  BOOST_TEST(status("data_collector")["disputed"] == 1u);
}

BOOST_AUTO_TEST_CASE(a_label_that_is_sent_twice_is_one) {
  auto ids = sees({world.crop("car")});
  look();
  auto first = label(ids, "car", "eve", "k"),
       again = label(ids, "car", "eve", "k");
  BOOST_TEST(first->value()["entries"][0]["id"]
             == again->value()["entries"][0]["id"]);
  BOOST_TEST(log()["entries"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(wrong_labels_are_refused_with_why) {
  auto ids = sees({world.crop("car")});
  look();
  BOOST_TEST((label({"fog-1:door:77:0"}, "car").error() == ec::not_found));
  BOOST_TEST((label({}, "car").error() == ec::bad_input));
  BOOST_TEST((label(ids, "car", "").error() == ec::bad_input));
  BOOST_TEST((label(ids, std::string(65, 'x')).error() == ec::bad_input));
  BOOST_TEST((label(ids, "a\nb").error() == ec::bad_input));
  auto strange = ask<document>(uut(), record_atom_v, document{{{"crop", "x"}}});
  BOOST_TEST((strange.error() == ec::bad_input));
  BOOST_TEST(status("data_collector")["refused"] == 6u);
  BOOST_TEST(log()["entries"].empty());
}

BOOST_AUTO_TEST_CASE(an_annotators_labels_are_taken_back_as_a_group) {
  auto ids = sees(world.crops({"car"}, 4));
  look();
  label({ids[0]}, "car");
  label({ids[1], ids[2]}, "van", "bob");
  label({ids[3]}, "van", "bob");
  BOOST_TEST((undo({{"id", 77}}).error() == ec::not_found));
  BOOST_TEST(undo({{"id", 1}})->value()["entries"].size() == 1u);
  BOOST_TEST(undo({{"annotator", "bob"}})->value()["entries"].size() == 3u);
  BOOST_TEST((undo({{"annotator", "bob"}}).error() == ec::not_found));
  BOOST_TEST(status("data_collector")["standing"] == 0u);
  auto found = log()["annotators"];
  BOOST_TEST(found[0]["who"] == "bob");
  BOOST_TEST(found[0]["undone"] == 3u);
  BOOST_TEST(bool(label({ids[0]}, "car"))); // it is not lost
}

BOOST_AUTO_TEST_CASE(labels_outlive_the_backend_and_crops_the_fog) {
  auto ids = sees({world.crop("car"), world.crop("van")});
  look();
  ask<blob>(uut(), fetch_atom_v, ids[0]); // somebody looks at it
  label({ids[0]}, "car");
  kill("data_collector");
  kill("collector");
  start_labels();
  look();
  BOOST_TEST(log()["entries"].size() == 1u);
  BOOST_TEST(bool(label({ids[0]}, "van"))); // it is named again
  BOOST_TEST(ask<blob>(uut(), fetch_atom_v, ids[0])->size() > 100u);
  auto all = ask<lesson_list>(uut(), read_atom_v);
  BOOST_REQUIRE(all->all->size() == 1u);
  BOOST_TEST(all->all->front().crop.label == "van");
  BOOST_TEST(all->all->front().backbone == "toy@1");
}

BOOST_AUTO_TEST_CASE(a_budget_bounds_labels_in_a_window) {
  kill("data_collector");
  budget = 2;
  start_labels();
  auto ids = sees(world.crops({"car"}, 3));
  look();
  BOOST_TEST(bool(label({ids[0], ids[1]}, "car")));
  BOOST_TEST((label({ids[2]}, "car").error() == ec::overload));
  time += 2h;
  BOOST_TEST(bool(label({ids[2]}, "car")));
}

BOOST_AUTO_TEST_SUITE_END()
