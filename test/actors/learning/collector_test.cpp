#include "actors/learning/collector.hpp"

#include "support/learning_system.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture : test::learning_system {
  fixture() {
    kill("trainer"); // heads come from here
  }

  collector_actor uut() {
    return at<collector_actor>("collector");
  }

  caf::error use(const std::string& version, const one_vs_all& x) {
    caf::error result;
    auto handle = self->request(uut(), caf::infinite, configure_atom_v, version,
                                x);
    run();
    handle.receive([] {}, [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  one_vs_all other() {
    return learn(first, world.crops({"car", "scooter"}, 5));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(collector_tests, fixture)

BOOST_AUTO_TEST_CASE(what_the_fog_was_not_sure_of_is_kept_with_its_picture) {
  auto crop = world.crop("car");
  auto ids = sees({crop, world.crop("van")});
  auto found = ask<document>(uut(), fetch_atom_v, uint64_t{0}, uint64_t{10});
  BOOST_REQUIRE(bool(found));
  auto crops = found->value()["crops"];
  BOOST_REQUIRE(crops.size() == 2u);
  BOOST_TEST(crops[0]["id"] == ids[0]);
  BOOST_TEST(!crops[0].contains("jpeg")); // pictures are asked for
  auto kept = from_json<kept_crop>(crops[0]);
  BOOST_REQUIRE(bool(kept));
  BOOST_TEST((unpacked_floats(kept->features) == crop.features));
  BOOST_TEST(kept->model == "toy@1/first");
  auto picture = ask<blob>(uut(), fetch_atom_v, ids[1]);
  BOOST_REQUIRE(bool(picture));
  BOOST_TEST(int(picture->data()[0]) == 0xFF);
  BOOST_TEST(int(picture->data()[1]) == 0xD8);
  auto position = found->value()["position"].get<uint64_t>();
  found = ask<document>(uut(), fetch_atom_v, position, uint64_t{10});
  BOOST_TEST(found->value()["crops"].empty());
  auto gone = ask<blob>(uut(), fetch_atom_v, std::string{"fog-1:door:9:9"});
  BOOST_TEST((gone.error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(of_what_it_was_sure_of_one_in_many_is) {
  regions asked;
  asked.picture = test::grey(64, 36, 100);
  asked.places.push_back({{.4f, .4f, .6f, .6f}, .5f, -1, 0});
  namings said;
  said.classes = {"car"};
  said.regions.push_back({0, .95f});
  auto features = world.crop("car").features;
  said.features = packed_floats(features.data(), features.size());
  for (uint64_t i = 1; i <= 16; ++i) {
    outlet->tell({"regions", "door", i, payload{asked}}, said);
    run();
    BOOST_TEST(status("collector")["sure"] == i);
    BOOST_TEST(status("collector")["crops"] == (i < 16 ? 0u : 1u));
  }
}

BOOST_AUTO_TEST_CASE(a_classifier_that_is_too_fast_is_not_held_up) {
  regions asked;
  asked.picture = test::grey(64, 36, 100);
  asked.places.resize(1);
  namings said;
  said.regions.resize(1);
  for (int i = 0; i < 20; ++i)
    outlet->tell({"regions", "door", 1, payload{asked}}, said);
  run();
  BOOST_TEST(status("collector")["left_out"] == 20 - crop_outlet::most);
}

BOOST_AUTO_TEST_CASE(heads_are_used_when_it_answers) {
  BOOST_TEST(!use("learnt-1-a", other()));
  BOOST_TEST(live().classes.size() == 3u);
  BOOST_TEST(status("collector")["heads"] == "learnt-1-a");
  auto found = ask<document>(uut(), read_atom_v);
  BOOST_REQUIRE(bool(found));
  BOOST_TEST(found->value()["version"] == "learnt-1-a");
  BOOST_TEST(found->value()["model"].get<std::string>().find("toy@1/") == 0u);
  BOOST_TEST(found->value()["first"]["classes"].size() == 2u);
  BOOST_TEST(found->value()["live"]["classes"].size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_are_no_heads_is_refused_and_nothing_changes) {
  auto broken = other();
  broken.weights.pop_back();
  BOOST_TEST((use("learnt-1-a", broken) == ec::bad_input));
  BOOST_TEST((use("../../etc", other()) == ec::bad_input));
  classifier.refuses = true;
  BOOST_TEST(bool(use("learnt-1-a", other())));
  BOOST_TEST(classifier.heads == "first");
  BOOST_TEST(status("collector")["refused"] == 3u);
  BOOST_TEST(std::filesystem::is_empty(dir.path("heads")));
}

BOOST_AUTO_TEST_CASE(a_fog_that_starts_again_takes_its_heads_up) {
  BOOST_TEST(!use("learnt-1-a", other()));
  kill("collector");
  kill("classifier");
  classifier = {};
  start_classifier();
  start_collector();
  look();
  BOOST_TEST(live().classes.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_classifier_that_starts_again_gets_them_anew) {
  BOOST_TEST(!use("learnt-1-a", other()));
  kill("classifier");
  classifier = {};
  start_classifier();
  look();
  BOOST_TEST(live().classes.size() == 3u);
}

BOOST_AUTO_TEST_CASE(heads_that_somebody_chose_stay) {
  BOOST_TEST(!use("learnt-1-a", other()));
  classifier.heads = dir.write("mine.json", to_json_value(first).dump());
  look();
  BOOST_TEST(classifier.heads == dir.path("mine.json"));
  BOOST_TEST(ask<document>(uut(), read_atom_v)->value()["by_hand"] == true);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_no_heads) {
  std::filesystem::create_directory(dir.path("heads"));
  dir.write("heads/learnt-9-x.json", "{");
  kill("collector");
  start_collector();
  classifier.refuses = true; // as one that cannot read it
  look();
  BOOST_TEST(classifier.heads == "first");
  classifier.refuses = false;
  BOOST_TEST(!use("learnt-1-a", other()));
  BOOST_TEST(live().classes.size() == 3u);
}

BOOST_AUTO_TEST_CASE(old_heads_make_room) {
  for (int i = 1; i <= 9; ++i)
    BOOST_TEST(!use("learnt-" + std::to_string(i), other()));
  size_t files = 0;
  for (auto& x : std::filesystem::directory_iterator{dir.path("heads")})
    files += x.exists();
  BOOST_TEST(files == 4u);
  BOOST_TEST(std::filesystem::exists(dir.path("heads/learnt-9.json")));
}

BOOST_AUTO_TEST_CASE(heads_on_trial_name_on_a_share_of_the_streams) {
  kill("collector");
  trial_share = .5;
  start_collector();
  for (auto x : {"a", "b", "c", "d"})
    sees({world.crop("car")}, x);
  BOOST_TEST(!use("trial-1-a", other()));
  BOOST_TEST(classifier.heads == "first"); // the others go on
  BOOST_TEST(tried().classes.size() == 3u);
  BOOST_TEST(classifier.trial_streams.size() == 2u);
  auto found = ask<document>(uut(), read_atom_v);
  BOOST_REQUIRE(bool(found));
  BOOST_TEST(found->value()["trial"] == "trial-1-a");
  BOOST_TEST(found->value()["version"] == "");
  // A classifier that is started again gets them anew, and so do new streams.
  kill("classifier");
  classifier = {};
  start_classifier();
  for (auto x : {"e", "f"})
    sees({world.crop("car")}, x);
  look();
  BOOST_TEST(tried().classes.size() == 3u);
  BOOST_TEST(classifier.trial_streams.size() == 3u);
  // The end of it.
  BOOST_TEST(!use("learnt-1-a", other()));
  BOOST_TEST(classifier.trial == "");
  BOOST_TEST(live().classes.size() == 3u);
  BOOST_TEST(status("collector")["trial"] == "");
}

BOOST_AUTO_TEST_CASE(a_fog_that_starts_again_tries_nothing_by_itself) {
  BOOST_TEST(!use("learnt-1-a", other()));
  BOOST_TEST(!use("trial-2-b", first));
  kill("collector");
  start_collector();
  look();
  BOOST_TEST(classifier.trial == "");
  BOOST_TEST(live().classes.size() == 3u);
}

// The fog names vans by the old heads; the cloud calls them vans later.
BOOST_AUTO_TEST_CASE(the_cloud_judges_heads_on_trial) {
  std::vector<caf::actor> subscribers;
  enter("results",
        sys.spawn([&](results_actor::pointer) -> results_actor::behavior_type {
          return {[](status_atom) { return status_report{}; },
                  [](ready_atom) {},
                  [](publish_atom, const std::vector<frame_result>&) {},
                  [&](subscribe_atom, const std::string&, const caf::actor& x) {
                    subscribers.push_back(x);
                  },
                  [](find_atom, const result_query&) {
                    return std::vector<frame_result>{};
                  },
                  [](last_atom, const std::string&) { return uint64_t{0}; }};
        }));
  auto deaf = first;
  deaf.thresholds = {2, 2};
  BOOST_TEST(!use("trial-1-a", deaf));
  run();
  BOOST_REQUIRE(subscribers.size() == 1u);
  auto publish = [&](named_by by, uint64_t track) {
    frame_result x;
    x.stream = "door";
    x.frame = by == named_by::fog ? frame : frame + 15;
    x.objects = {{{.4f, .4f, .6f, .6f}, "van", .9f, by, track}};
    caf::anon_send(subscribers[0], result_atom_v, std::vector<frame_result>{x});
    run();
  };
  for (uint64_t track = 1; track <= 8; ++track) {
    names({world.crop("van")}, 1);
    publish(named_by::fog, track);
    publish(named_by::cloud, track);
  }
  look();
  auto evidence = status("collector")["evidence"];
  BOOST_TEST(evidence["judged"] == 8u);
  BOOST_TEST(evidence["lost"] >= 6u);
  BOOST_TEST(evidence["gained"] == 0u);
  subscribers.clear();
}

BOOST_AUTO_TEST_SUITE_END()
