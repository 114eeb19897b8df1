#include "runtime/evaluation/protocol_run.hpp"
#include "runtime/evaluation/protocol_score.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "support/clips.hpp"
#include "support/expect.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

constexpr box here{.1f, .1f, .2f, .2f};
constexpr box there{.5f, .5f, .6f, .6f};
constexpr box nowhere{.8f, .8f, .9f, .9f};

// The detector knows person 0 and truck 1, the judge vehicle 0 and person 1.
const run_labels names{{"person", "truck"}, {"vehicle", "person"}};

/// The cloud names a person; a truck and something else are left over.
protocol_run one_frame() {
  protocol_frame x;
  x.found = {{here, 0, .9f, .9f}, {there, 1, .3f, .5f}};
  x.labels = {{here, 0, .9f, .9f}};
  x.regions = {{there, .5f, 1, .3f}, {nowhere, .4f, 0, .3f}};
  x.features = {1, 0, 0, 1};
  x.objects = {{here, 1, 0}, {there, 0, 0}};
  return {{x}, 2, 100};
}

/// Says vehicle where the first feature is large.
one_vs_all heads(float bias) {
  return {head_kind::relu, 2, {"vehicle"}, {1, 0, bias}, {.5f}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(protocol_tests)

BOOST_AUTO_TEST_CASE(labels_of_both_sides_meet_in_groups) {
  auto x = taught(one_frame().frames[0], road_users(), names);
  BOOST_TEST(x.labels[0].label == 0);
  BOOST_TEST(x.objects[0].label == 0);
  BOOST_TEST(x.objects[1].label == 2);
  BOOST_TEST(x.regions[0].hint == "truck");
  BOOST_TEST(x.region_features.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_right_name_is_worth_an_object) {
  auto x = test::value_of(
    score_protocol(one_frame(), road_users(), names, heads(0), .5f));
  BOOST_TEST(x.cloud_only.one_to_one.value == 2. / 3); // 1 right, 1 missed
  BOOST_TEST(x.high_low.one_to_one.value == 1);
  BOOST_TEST(x.perfect.one_to_one.value == 1);
  BOOST_TEST(x.regions == 2u);
  BOOST_TEST(x.named == 1u);
  BOOST_TEST(x.right == 1u);
  // With a lower threshold the detector names the truck itself.
  x = test::value_of(
    score_protocol(one_frame(), road_users(), names, heads(0), .2f));
  BOOST_TEST(x.cloud_only.one_to_one.value == 1);
  // Heads that say yes to everything add a wrong box.
  x = test::value_of(
    score_protocol(one_frame(), road_users(), names, heads(1), .5f));
  BOOST_TEST(x.high_low.one_to_one.value == .8); // 2 right, 1 wrong
  BOOST_TEST(x.named == 2u);
  BOOST_TEST(x.right == 1u);
}

BOOST_AUTO_TEST_CASE(heads_of_another_backbone_are_refused) {
  auto run = one_frame();
  run.dimensions = 3;
  BOOST_TEST((score_protocol(run, road_users(), names, heads(0), .5f).error()
              == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(opinions_and_repetitions_are_scored) {
  auto run = one_frame();
  auto& x = run.frames[0];
  // The look knows car 0: the truck's place is named, with the look's box.
  x.opinions = {{{.52f, .5f, .62f, .6f}, 0, .6f, true}, {nowhere, -1, 0, true}};
  x.again = {{here, 1, 0}, {nowhere, 1, 0}};
  auto labels = names;
  labels.look = {"car"};
  auto y = test::value_of(score_protocol(run, road_users(), labels, {}, .5f));
  BOOST_TEST(y.second_look.one_to_one.value == 1); // IoU 2/3
  BOOST_TEST(y.repeated.one_to_one.value == .5);
  BOOST_TEST(y.regions == 2u);
  BOOST_TEST(y.named == 0u); // without heads
  BOOST_TEST(y.high_low.one_to_one.value == 2. / 3);
}

BOOST_AUTO_TEST_CASE(a_second_look_finds_what_the_copy_hid) {
  auto card = default_zoo().locate("nanodet-plus-m");
  auto path = test::shared_clip("cars-swdee.mp4");
  if (!card || path.empty()) {
    BOOST_TEST_MESSAGE("skipped: " << test::why(card));
    return;
  }
  source_config from;
  from.url = path;
  auto clip = test::value_of(record(from, 301));
  auto detector = std::make_shared<frame_detector>(
    test::value_of(frame_detector::load(*card, {})));
  auto look = test::value_of(second_look::load(*card, {}));
  auto theta = detector->card().regions;
  theta.theta_loc = .15f;
  auto judge = model_teacher(detector, truth_threshold(detector->card()));
  auto run
    = test::value_of(run_protocol(clip, {15, 0, 1}, {{}, theta, false, true},
                                  *detector, {nullptr, &look}, judge));
  BOOST_TEST_REQUIRE(run.frames.size() == 18u);
  size_t looked = 0;
  for (auto& x : run.frames) {
    BOOST_REQUIRE(x.opinions.size()
                  >= x.regions.size()); // and what else it saw
    for (auto& y : x.opinions) {
      looked += y.looked;
      BOOST_TEST((y.label < 0 || y.score >= .4f));
    }
  }
  BOOST_TEST(looked > 0u);
  run_labels names{detector->card().labels, judge.labels, look.card().labels};
  auto score
    = test::value_of(score_protocol(run, road_users(), names, {}, .4f));
  // One keyframe says little: all of the clip are needed.
  BOOST_TEST(score.second_look.one_to_one.value
             > score.cloud_only.one_to_one.value + .01);
  // A shifted frame says much the same, not quite.
  BOOST_TEST(score.repeated.one_to_one.value > .8);
  BOOST_TEST(score.repeated.one_to_one.value < 1);
  // Without a budget nothing is looked at.
  auto idle = test::value_of(look.look({{frame{}, {}, {}, {}, 0}}));
  BOOST_TEST(idle[0].empty());
}

BOOST_AUTO_TEST_CASE(keyframes_go_through_detector_filter_and_backbone) {
  auto detector_card = default_zoo().locate("nanodet-plus-m");
  auto backbone_card = default_zoo().locate("mobilenet_v2");
  auto path = test::shared_clip("cars-swdee.mp4");
  if (!detector_card || !backbone_card || path.empty()) {
    BOOST_TEST_MESSAGE("skipped: " << test::why(detector_card));
    return;
  }
  source_config from;
  from.url = path;
  auto clip = test::value_of(record(from, 31));
  auto detector = std::make_shared<frame_detector>(
    test::value_of(frame_detector::load(*detector_card, {})));
  auto embedder = test::value_of(crop_embedder::load(*backbone_card, {}));
  auto& theta = detector->card().regions;
  auto run = test::value_of(
    run_protocol(clip, {30, 0, 1}, {{}, theta, true}, *detector, {&embedder},
                 model_teacher(detector, theta.theta_cls)));
  BOOST_REQUIRE(run.frames.size() == 2u);
  BOOST_TEST(run.dimensions == 1280u);
  BOOST_TEST(run.bytes > 0u);
  for (auto& x : run.frames) {
    BOOST_TEST(!x.labels.empty());
    BOOST_TEST(!x.regions.empty());
    BOOST_TEST(!x.objects.empty());
    for (auto& y : x.labels)
      BOOST_TEST(y.score >= theta.theta_cls);
    for (auto& y : x.regions)
      BOOST_TEST(y.hint_score < theta.theta_cls);
    BOOST_TEST(x.features.size() == x.regions.size() * 1280);
    BOOST_TEST(x.object_features.size()
               == (x.objects.size() + x.background.size()) * 1280);
  }
}

BOOST_AUTO_TEST_SUITE_END()
