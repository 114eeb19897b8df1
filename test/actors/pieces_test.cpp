#include "actors/pieces.hpp"

#include "runtime/media/answered_frame.hpp"
#include "runtime/media/keyframes.hpp"
#include "runtime/media/overlay.hpp"
#include "runtime/media/regions.hpp"
#include "support/expect.hpp"
#include "support/grey.hpp"
#include "support/pipelines.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

using numbers = std::vector<uint64_t>;

constexpr box here{.1f, .1f, .2f, .2f};

chunk part(numbers frames) {
  chunk result;
  result.stream = "door";
  result.seq = frames.front();
  for (auto n : frames)
    result.frames.push_back({n, 0, 0, {}, false});
  return result;
}

/// Keyframe 7 with a label and a region, 22 with nothing.
chunk_answer two_answers() {
  return {"m@1",
          {"car", "bus"},
          {{7, {{here, 0, .9f, .9f}}, {{here, .8f, 1, .4f}}}, {22, {}, {}}},
          {},
          {}};
}

item pictures(numbers frames) {
  keyframes result;
  result.stream = "door";
  for (auto n : frames)
    result.frames.push_back(grey(16, 16, 90, n));
  return make_item("door", frames.front(), std::move(result));
}

pipeline_plan plan_of(const pipeline& x) {
  return *check(x, some_functions());
}

size_t place_of(const pipeline_plan& plan, const std::string& id) {
  for (size_t i = 0; i < plan.stages.size(); ++i)
    if (plan.stages[i].spec.id == id)
      return i;
  throw std::out_of_range(id);
}

} // namespace

BOOST_AUTO_TEST_SUITE(pieces_tests)

BOOST_AUTO_TEST_CASE(every_kind_says_which_keyframes_it_is_about) {
  BOOST_TEST((frames_of(pictures({7, 22})) == numbers{7, 22}));
  BOOST_TEST((frames_of(make_item("s", 7, part({7, 22}))) == numbers{7, 22}));
  BOOST_TEST((frames_of(make_item("s", 7, two_answers())) == numbers{7, 22}));
  detections found;
  found.frames = {{7, {}}, {22, {}}};
  BOOST_TEST((frames_of(make_item("s", 7, found)) == numbers{7, 22}));
  BOOST_TEST((frames_of(make_item("s", 7, namings{})) == numbers{7}));
  regions marked{grey(16, 16, 90, 7), {}, {}};
  BOOST_TEST((frames_of(make_item("s", 1, marked)) == numbers{7}));
  BOOST_TEST(frames_of(make_item("s", 7, box{})).empty());
}

BOOST_AUTO_TEST_CASE(a_keyframe_comes_with_an_answer_or_without_one) {
  auto joined
    = join_inputs("answered_frame", "door", {7, 30},
                  {{pictures({7, 30})}, {make_item("door", 7, two_answers())}});
  BOOST_TEST_REQUIRE(why(joined) == "");
  BOOST_TEST_REQUIRE(joined->size() == 2u);
  auto asked = (*joined)[0].value.get<answered_frame>();
  BOOST_TEST(asked->answered);
  BOOST_TEST(asked->labels.size() == 1u);
  BOOST_TEST(asked->names.front() == "car");
  auto not_asked = (*joined)[1].value.get<answered_frame>();
  BOOST_TEST(!not_asked->answered);
  BOOST_TEST(not_asked->picture.number() == 30u);
  BOOST_TEST((frames_of((*joined)[1]) == numbers{30}));
  BOOST_TEST(
    !join_inputs("answered_frame", "door", {8}, {{pictures({7})}, {}}));
}

BOOST_AUTO_TEST_CASE(keyframes_bring_what_the_camera_sent_each_part_once) {
  auto coded = [](uint64_t number, uint64_t segments) {
    keyframes x{"door", {grey(16, 16, 90, number)}, {}, {}};
    for (uint64_t i = 1; i <= segments; ++i) {
      segment y;
      y.number = i;
      x.coded.push_back(std::make_shared<const segment>(y));
    }
    return make_item("door", number, std::move(x));
  };
  auto joined = join_inputs("keyframes", "door", {7, 22},
                            {{coded(7, 2), coded(22, 3)}});
  BOOST_TEST_REQUIRE(why(joined) == "");
  auto out = joined->front().value.get<keyframes>();
  BOOST_TEST(out->frames.size() == 2u);
  BOOST_TEST_REQUIRE(out->coded.size() == 3u);
  BOOST_TEST(out->coded[2]->number == 3u);
}

BOOST_AUTO_TEST_CASE(parts_and_keyframes_go_their_own_ways) {
  auto parts
    = pieces_of(make_item("s", 7, chunks{{part({7}), part({22})}, {}}));
  BOOST_TEST_REQUIRE(parts.size() == 2u);
  BOOST_TEST(parts[1]->kind == "chunk");
  BOOST_TEST((parts[1]->frames == numbers{22}));
  BOOST_TEST(item_of(*parts[1]).value.get<chunk>()->seq == 22u);
  auto frames = pieces_of(pictures({7, 22}));
  BOOST_TEST_REQUIRE(frames.size() == 2u);
  BOOST_TEST((frames[0]->frames == numbers{7}));
}

BOOST_AUTO_TEST_CASE(without_regions_there_is_nothing_to_do) {
  auto x = pieces_of(make_item("s", 7, two_answers())).at(0);
  BOOST_TEST((x->nothing == numbers{22}));
}

BOOST_AUTO_TEST_CASE(inputs_become_what_a_function_takes) {
  auto joined = join_inputs("keyframes", "door", {7, 22},
                            {{pictures({7}), pictures({22, 37})}});
  BOOST_TEST_REQUIRE(why(joined) == "");
  BOOST_TEST((frames_of(joined->at(0)) == numbers{7, 22}));
  joined
    = join_inputs("regions", "door", {7},
                  {{pictures({7, 22})}, {make_item("door", 7, two_answers())}});
  BOOST_TEST_REQUIRE(why(joined) == "");
  auto marked = joined->at(0).value.get<regions>();
  BOOST_TEST_REQUIRE(marked);
  BOOST_TEST(marked->places.size() == 1u);
  BOOST_TEST(marked->names.at(1) == "bus");
  joined = join_inputs(
    "layers", "door", {7},
    {{pictures({7})}, {pictures({7})}, {make_item("door", 7, two_answers())}});
  BOOST_TEST_REQUIRE(why(joined) == "");
  BOOST_TEST(joined->at(0).value.get<layers>()->pictures.at(0).places.size()
             == 1u);
}

BOOST_AUTO_TEST_CASE(no_keyframes_are_the_end) {
  auto end = join_inputs("regions", "door:fine", {}, {{}, {}});
  BOOST_TEST_REQUIRE(why(end) == "");
  auto in = end->at(0).value.get<keyframes>();
  BOOST_TEST_REQUIRE(in);
  BOOST_TEST(in->stream == "door:fine");
  BOOST_TEST(in->frames.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_said) {
  auto joined = join_inputs("keyframes", "door", {7}, {{pictures({22})}});
  BOOST_REQUIRE(!joined);
  BOOST_TEST((joined.error() == ec::not_found));
  BOOST_TEST(
    (join_inputs("regions", "door", {37},
                 {{pictures({37})}, {make_item("door", 7, two_answers())}})
       .error()
     == ec::not_found));
  BOOST_TEST(
    (join_inputs("scene", "door", {7}, {{}, {}}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(an_errand_is_written_down_for_another_node) {
  auto plan = plan_of(two_rounds());
  auto first = steps_of(plan, plan.stages[place_of(plan, "known")].errand);
  BOOST_TEST_REQUIRE(first.size() == 3u);
  BOOST_TEST(first[0].function == "chunk_decoder");
  BOOST_TEST(first[0].inputs.empty()); // what is sent
  BOOST_TEST(first[0].kept);
  BOOST_TEST(first[1].inputs.at(0) == "copy_decoded");
  BOOST_TEST(!first[1].kept);
  auto second = steps_of(plan, plan.stages[place_of(plan, "sure")].errand);
  BOOST_TEST_REQUIRE(second.size() == 4u);
  BOOST_TEST(second[1].function == "paster");
  BOOST_TEST(second[1].takes == "layers");
  BOOST_TEST(
    (second[1].inputs
     == std::vector<std::string>{"copy_decoded", "fine_decoded", "known"}));
}

BOOST_AUTO_TEST_CASE(what_stages_say_is_merged) {
  auto plan = plan_of(high_low());
  verdict x;
  x.frame = 7;
  auto known = place_of(plan, "known"), named = place_of(plan, "named");
  x.made.emplace_back(known, pieces_of(make_item("s", 7, two_answers()))[0]);
  x.made.emplace_back(
    named,
    pieces_of(make_item("s", 7, namings{"n@1", {"lorry"}, {{0, .7f}}, {}}))[0]);
  auto all = merge(claims_of(plan, x), plan.merge);
  BOOST_TEST_REQUIRE(all.objects.size() == 2u);
  BOOST_TEST(all.objects[0].label == "car");
  BOOST_TEST((all.objects[0].by == named_by::cloud));
  BOOST_TEST(all.objects[1].label == "lorry");
  BOOST_TEST((all.objects[1].by == named_by::fog));
  BOOST_TEST(all.regions == 1u);
}

BOOST_AUTO_TEST_CASE(who_stands_in_says_what_it_is_sure_of) {
  auto plan = plan_of(high_low());
  detections found{"b@1", {"car"}, {}, {{7, {}}}};
  found.thresholds.theta_cls = .6f;
  found.frames[0].found = {{here, 0, .7f, .9f}, {here, 0, .5f, .9f}};
  verdict x;
  x.frame = 7;
  x.how = outcome::stood_in;
  x.made.emplace_back(place_of(plan, "without_cloud"),
                      pieces_of(make_item("s", 7, found))[0]);
  auto all = merge(claims_of(plan, x), plan.merge);
  BOOST_TEST_REQUIRE(all.objects.size() == 1u);
  BOOST_TEST((all.objects[0].by == named_by::backup));
}

BOOST_AUTO_TEST_SUITE_END()
