#include "runtime/pipeline/run.hpp"

#include "support/pipeline_run.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

BOOST_FIXTURE_TEST_SUITE(pipeline_run_tests, run_fixture)

BOOST_AUTO_TEST_CASE(keyframes_take_the_way_of_their_pipeline) {
  on(arrive({1, 2}));
  BOOST_TEST(asked() == "copy:1,2,");
  BOOST_TEST(asks["copy"].inputs.at(0).size() == 2u);
  note();
  answer("copy", piece_of("chunk", {1, 2}));
  BOOST_TEST(asked() == "copy_decoded:1,2,");
  note();
  answer("copy_decoded", piece_of("chunk_answer", {1, 2}));
  BOOST_TEST(asked() == "named:1,2,");
  BOOST_TEST(asks["named"].inputs.size() == 2u);
  BOOST_TEST(asks["named"].inputs[0].size() == 2u); // keyframes
  BOOST_TEST(asks["named"].inputs[1].size() == 1u); // one answer for both
  BOOST_TEST(verdicts.empty());
  note();
  answer("named", piece_of("namings", {1, 2}));
  BOOST_TEST_REQUIRE(verdicts.size() == 2u);
  BOOST_TEST((verdicts[0].how == outcome::answered));
  BOOST_TEST(verdicts[0].final);
  BOOST_TEST(!verdicts[0].corrects);
  BOOST_TEST_REQUIRE(verdicts[0].made.size() == 2u);
  BOOST_TEST(verdicts[0].made[0].second->kind == "chunk_answer");
  BOOST_TEST(verdicts[0].made[1].second->kind == "namings");
  BOOST_TEST(run.idle());
}

BOOST_AUTO_TEST_CASE(a_part_of_a_chunk_is_an_ask_of_its_own) {
  on(arrive({1, 2, 3}));
  note();
  stage_answered event;
  event.ask = last["copy"].id;
  event.made = {{"", piece_of("chunk", {1})}, {"", piece_of("chunk", {2, 3})}};
  auto step = run.next(event);
  BOOST_TEST_REQUIRE(step.asks.size() == 2u);
  BOOST_TEST((step.asks[0].frames == numbers{1}));
  BOOST_TEST((step.asks[1].frames == numbers{2, 3}));
}

BOOST_AUTO_TEST_CASE(who_has_nothing_to_do_is_not_asked) {
  until_cloud({1, 2});
  answer("copy_decoded", piece_of("chunk_answer", {1, 2}, {1}));
  BOOST_TEST(asked() == "named:2,");
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST(verdicts[0].frame == 1u);
  BOOST_TEST(verdicts[0].made.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_encoder_may_answer_many_asks_with_one_chunk) {
  on(arrive({1}));
  stage_answered held;
  held.ask = asks["copy"].id;
  on(held);
  BOOST_TEST(verdicts.empty());
  BOOST_TEST(asked() == "");
  on(arrive({2}));
  note();
  answer("copy", piece_of("chunk", {1, 2}));
  BOOST_TEST(asked() == "copy_decoded:1,2,");
}

BOOST_AUTO_TEST_CASE(the_end_asks_for_what_is_held_back) {
  on(arrive({1}));
  stage_answered held;
  held.ask = asks["copy"].id;
  on(held);
  on(keyframes_ended{});
  BOOST_TEST(asked() == "copy:");
  note();
  answer("copy", piece_of("chunk", {1}));
  BOOST_TEST(asked() == "copy_decoded:1,");
  on(keyframes_ended{});
  BOOST_TEST(asked() == ""); // nothing came since
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_what_is_on_its_way) {
  run_fixture dds{two_rounds()};
  dds.until_cloud({1, 2, 3});
  dds.on(keyframes_ended{true});
  BOOST_TEST(dds.asked() == "copy:"); // of its own nobody is on the way
  stage_answered said;
  said.ask = dds.last["copy_decoded"].id;
  said.made.emplace_back("", piece_of("chunk_answer", {1}));
  said.complete = false;
  dds.on(said);
  BOOST_TEST(dds.asked() == "fine:1,");
  dds.answer("copy_decoded", piece_of("chunk_answer", {2, 3}, {2, 3}));
  BOOST_TEST(dds.asked() == "fine:"); // they have nothing to do there
  dds.on(keyframes_ended{true});
  BOOST_TEST(dds.asked() == "");
}

BOOST_AUTO_TEST_CASE(an_optional_stage_that_fails_leaves_its_output_empty) {
  until_cloud({1});
  answer("copy_decoded", piece_of("chunk_answer", {1}));
  note();
  on(stage_failed{last["named"].id, "it is gone", {}});
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0].how == outcome::answered));
  BOOST_TEST(verdicts[0].made.size() == 1u);
  BOOST_TEST(run.counts().left_out == 1u);
}

BOOST_AUTO_TEST_CASE(where_the_cloud_fails_somebody_stands_in) {
  until_cloud({1, 2});
  on(stage_failed{last["copy_decoded"].id, "cloud_down", {}});
  BOOST_TEST(verdicts.empty());
  BOOST_TEST(asks.count("without_cloud") == 1u);
  note();
  answer("without_cloud", piece_of("detections", {2}));
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0].how == outcome::stood_in));
  BOOST_TEST(verdicts[0].final);
  BOOST_TEST(verdicts[0].reason == "cloud_down");
  BOOST_TEST(verdicts[0].made.at(0).second->kind == "detections");
}

BOOST_AUTO_TEST_CASE(a_late_answer_corrects_who_stood_in) {
  until_cloud({1});
  on(stage_late{last["copy_decoded"].id});
  BOOST_TEST(asked() == "without_cloud:1,");
  note();
  answer("without_cloud", piece_of("detections", {1}));
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0].how == outcome::stood_in));
  BOOST_TEST(!verdicts[0].final);
  answer("copy_decoded", piece_of("chunk_answer", {1}, {1}));
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0].how == outcome::answered));
  BOOST_TEST(verdicts[0].corrects);
  BOOST_TEST(run.idle());
}

BOOST_AUTO_TEST_CASE(who_stood_in_stays_where_the_pipeline_fails_after_all) {
  until_cloud({1});
  on(stage_late{last["copy_decoded"].id});
  note();
  answer("without_cloud", piece_of("detections", {1}));
  on(stage_failed{last["copy_decoded"].id, "deadline", {}});
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0].how == outcome::uncorrected));
  BOOST_TEST(run.idle());
}

BOOST_AUTO_TEST_CASE(the_pipeline_first_and_the_stand_in_is_too_late) {
  until_cloud({1});
  on(stage_late{last["copy_decoded"].id});
  note();
  answer("copy_decoded", piece_of("chunk_answer", {1}, {1}));
  BOOST_TEST((verdicts.at(0).how == outcome::answered));
  BOOST_TEST(!verdicts[0].corrects);
  answer("without_cloud", piece_of("detections", {1}));
  BOOST_TEST(verdicts.empty());
  BOOST_TEST(run.counts().late == 1u);
}

BOOST_AUTO_TEST_CASE(a_stand_in_that_refused_is_asked_again_for_a_new_reason) {
  until_cloud({1});
  on(stage_late{last["copy_decoded"].id});
  on(stage_failed{asks["without_cloud"].id, "skipped", {}});
  BOOST_TEST(verdicts.empty()); // the cloud may answer yet
  on(stage_failed{last["copy_decoded"].id, "deadline", {}});
  BOOST_TEST(asked() == "without_cloud:1,");
  on(stage_failed{asks["without_cloud"].id, "skipped", {}});
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST((verdicts[0].how == outcome::unanswered));
  BOOST_TEST(verdicts[0].reason == "skipped");
  until_cloud({2});
  on(stage_failed{last["copy_decoded"].id, "deadline", {}});
  on(stage_failed{asks["without_cloud"].id, "", {}}); // nobody is there
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST(verdicts[0].reason == "deadline");
}

BOOST_AUTO_TEST_CASE(what_is_away_is_what_the_cloud_will_have) {
  on(arrive({1, 2}));
  BOOST_TEST(run.away() == 2u);
  BOOST_TEST(run.at("copy") == (numbers{1, 2}));
  note();
  answer("copy", piece_of("chunk", {1, 2}));
  note();
  BOOST_TEST(run.at("copy").empty());
  BOOST_TEST(run.away() == 2u);
  answer("copy_decoded", piece_of("chunk_answer", {1}));
  BOOST_TEST(run.away() == 0u); // one is named here, the other was left out
  BOOST_TEST(!run.idle());
}

BOOST_AUTO_TEST_CASE(other_parameters_hold_for_what_is_asked_then) {
  on(arrive({1}));
  auto changed = std::make_shared<pipeline_plan>(run.plan());
  changed->stages[asks["copy"].errand].spec.options.set("qp", 20);
  run.change(changed);
  BOOST_TEST(run.plan().stages[asks["copy"].errand].spec.options.has("qp"));
  note();
  answer("copy", piece_of("chunk", {1})); // and nothing is lost
  BOOST_TEST(asks.count("copy_decoded") == 1u);
}

BOOST_AUTO_TEST_CASE(keyframes_may_go_to_the_stand_in_at_once) {
  auto x = arrive({1});
  x.usual = false;
  x.reason = "cloud_down";
  on(x);
  BOOST_TEST(asked() == "without_cloud:1,");
  note();
  answer("without_cloud", piece_of("detections", {1}));
  BOOST_TEST(verdicts.at(0).final);
  x = arrive({2});
  x.stand_in = true; // both: the cloud is tried
  on(x);
  BOOST_TEST(asked() == "copy:2, without_cloud:2,");
}

BOOST_AUTO_TEST_CASE(without_anybody_to_stand_in_a_failure_is_final) {
  auto x = high_low();
  x.without.clear();
  run_fixture alone{x};
  alone.on(arrive({1}));
  alone.on(stage_failed{alone.asks["copy"].id, "codec", {}});
  BOOST_TEST((alone.verdicts.at(0).how == outcome::unanswered));
  BOOST_TEST(alone.verdicts[0].reason == "codec");
}

BOOST_AUTO_TEST_CASE(what_an_answer_leaves_out_failed) {
  until_cloud({1, 2});
  answer("copy_decoded", piece_of("chunk_answer", {1}, {1}));
  BOOST_TEST(verdicts.size() == 1u);
  BOOST_TEST(asked() == "without_cloud:2,");
  on(arrive({3}));
  stage_answered event;
  event.ask = asks["copy"].id;
  event.lost = {3};
  event.reason = "unencodable";
  on(event);
  BOOST_TEST(asked() == "without_cloud:3,");
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_piece_by_piece) {
  until_cloud({1, 2});
  answer("copy_decoded", piece_of("chunk_answer", {1, 2}));
  note();
  stage_answered first;
  first.ask = last["named"].id;
  first.complete = false;
  first.made.emplace_back("named", piece_of("namings", {2}));
  on(first);
  BOOST_TEST(verdicts.at(0).frame == 2u);
  BOOST_TEST((run.waiting(first.ask) == numbers{1}));
  on(stage_failed{first.ask, "it hangs", {1}});
  BOOST_TEST(verdicts.at(0).frame == 1u);
  BOOST_TEST(run.idle());
}

BOOST_AUTO_TEST_CASE(what_a_dead_encoder_held_back_is_lost) {
  on(arrive({1}));
  stage_answered held;
  held.ask = asks["copy"].id;
  on(held);
  on(stage_gone{"copy", "the encoder died"});
  BOOST_TEST(asked() == "without_cloud:1,");
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_what_is_forgotten) {
  until_cloud({1, 2});
  on(frames_forgotten{{1, 9}});
  answer("copy_decoded", piece_of("chunk_answer", {1, 2}, {1, 2}));
  BOOST_TEST_REQUIRE(verdicts.size() == 1u);
  BOOST_TEST(verdicts[0].frame == 2u);
  BOOST_TEST(run.idle());
}

BOOST_AUTO_TEST_CASE(a_keyframe_arrives_once) {
  on(arrive({1}));
  on(arrive({1}));
  BOOST_TEST(asked() == "");
}

BOOST_AUTO_TEST_CASE(bytes_and_billed_frames_are_counted) {
  until_cloud({1});
  stage_answered event;
  event.ask = last["copy_decoded"].id;
  event.made.emplace_back("known", piece_of("chunk_answer", {1}, {1}));
  event.sent = 700;
  event.received = 80;
  on(event);
  on(event); // once more: nobody waits, but it was sent
  BOOST_TEST(run.counts().billed == 1u);
  BOOST_TEST(run.counts().sent == 1400u);
  BOOST_TEST(run.counts().received == 160u);
  BOOST_TEST(run.counts().asks == 2u);
  BOOST_TEST(run.counts().late == 1u);
}

BOOST_AUTO_TEST_CASE(a_second_round_looks_only_where_the_first_was_unsure) {
  run_fixture dds{two_rounds()};
  dds.until_cloud({1, 2});
  dds.answer("copy_decoded", piece_of("chunk_answer", {1, 2}, {1}));
  BOOST_TEST(dds.asked() == "fine:2,");
  BOOST_TEST(dds.verdicts.at(0).frame == 1u);
  dds.note();
  dds.answer("fine", piece_of("chunk", {2}));
  BOOST_TEST(dds.asked() == "fine_decoded:2,");
  dds.note();
  dds.answer("fine_decoded", piece_of("chunk_answer", {2}));
  BOOST_TEST_REQUIRE(dds.verdicts.size() == 1u);
  BOOST_TEST(dds.verdicts[0].made.size() == 2u);
  BOOST_TEST(dds.run.counts().billed == 3u); // both rounds
}

// -- memory of a stream -------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_rests_on_what_came_before_is_asked_in_order) {
  run_fixture x{few_frames()};
  x.on(arrive({1, 2, 3}));
  BOOST_TEST(x.asked() == "chosen:1,");
  x.note();
  x.answer("chosen", piece_of("chunk_answer", {1}));
  BOOST_TEST(x.asked() == "chosen:2, copy:1,");
  x.note();
  x.answer("chosen", piece_of("chunk_answer", {2}, {2})); // is not sent
  BOOST_TEST(x.asked() == "chosen:3,");
  x.note();
  x.answer("chosen", piece_of("chunk_answer", {3}, {3}));
  BOOST_TEST(x.asked() == ""); // those in between wait for the cloud
  x.answer("copy", piece_of("chunk", {1}));
  BOOST_TEST(x.asked() == "copy_decoded:1,");
  x.note();
  x.answer("copy_decoded", piece_of("chunk_answer", {1}));
  BOOST_TEST(x.asked() == "followed:1,");
  BOOST_TEST(x.asks["followed"].inputs.at(1).size() == 1u);
  x.note();
  x.answer("followed", piece_of("detections", {1}));
  BOOST_TEST(x.verdicts.size() == 1u);
  BOOST_TEST(x.asked() == "followed:2,");
  BOOST_TEST(x.asks["followed"].inputs.at(1).empty()); // the cloud said nothing
  x.note();
  x.answer("followed", piece_of("detections", {2}));
  BOOST_TEST_REQUIRE(x.verdicts.size() == 1u);
  BOOST_TEST(x.verdicts[0].frame == 2u);
  BOOST_TEST(x.verdicts[0].made.size() == 1u);
  BOOST_TEST(x.asked() == "followed:3,");
}

BOOST_AUTO_TEST_CASE(who_is_gone_lets_those_behind_it_on) {
  run_fixture x{few_frames()};
  x.on(arrive({1, 2}));
  x.note();
  x.answer("chosen", piece_of("chunk_answer", {1}));
  x.note();
  x.answer("chosen", piece_of("chunk_answer", {2}, {2}));
  x.on(stage_failed{x.last["copy"].id, "unencodable", {}});
  // 1 goes to who stands in, 2 is followed from whatever was before.
  BOOST_TEST(x.asked() == "followed:2, without_cloud:1,");
  x.on(arrive({3}));
  x.note();
  BOOST_TEST(x.asked() == "chosen:3,");
  x.on(frames_forgotten{{3}});
  x.on(arrive({4}));
  BOOST_TEST(x.asked() == "chosen:4,");
}

BOOST_AUTO_TEST_SUITE_END()
