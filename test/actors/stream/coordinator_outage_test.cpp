#include "actors/stream/coordinator.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

using fixture = test::stream_fixture;
using test::numbers;

namespace {

/// Who located each keyframe, in the order of publishing: "cbb".
std::string located(const std::vector<frame_result>& xs) {
  std::string result;
  for (auto& x : xs)
    result += to_string(x.located)[0];
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(coordinator_outage_tests, fixture)

BOOST_AUTO_TEST_CASE(a_missed_deadline_goes_to_the_backup) {
  live = true;
  answer_at_once = false;
  segments = 1;
  start();
  BOOST_TEST(published.empty());
  advance(9s);
  BOOST_TEST(published.empty());
  advance(1s); // nothing was measured yet: the cap
  BOOST_TEST(located(published) == "bb");
  auto x = status();
  BOOST_TEST(x.outage == "suspect");
  BOOST_TEST(x.in_flight == 0u);
}

BOOST_AUTO_TEST_CASE(a_late_answer_corrects_the_result) {
  live = true;
  answer_at_once = false;
  cfg.outage.cap = 2s; // the fake link itself has no deadline
  segments = 1;
  regions_found = 1;
  start();
  advance(2s);
  BOOST_TEST(located(published) == "bb");
  answer_next();
  BOOST_TEST_REQUIRE(published.size() == 3u);
  auto& x = published.back();
  BOOST_TEST(x.frame == 0u);
  BOOST_TEST(x.revision == 1u);
  BOOST_CHECK(x.located == named_by::cloud);
  BOOST_TEST(x.objects.size() == 2u); // the label and the fog's name
  auto counts = status();
  BOOST_TEST(counts.answered == 2u);
  BOOST_TEST(counts.revised == 1u);
  BOOST_TEST(counts.late == 1u);
}

BOOST_AUTO_TEST_CASE(without_corrections_late_answers_are_counted) {
  live = true;
  answer_at_once = false;
  cfg.outage.cap = 2s;
  cfg.correct = corrections::none;
  segments = 1;
  start();
  advance(2s);
  answer_next();
  BOOST_TEST(located(published) == "bb");
  BOOST_TEST(status().late == 1u);
}

BOOST_AUTO_TEST_CASE(after_a_failure_a_new_chunk_begins) {
  cloud_error = caf::make_error(ec::codec, "damaged");
  segments = 1;
  endless = true;
  start();
  BOOST_TEST(chunks_closed == 1u);
  BOOST_TEST(status().outage == "cloud"); // one part says nothing of a cloud
}

BOOST_AUTO_TEST_CASE(without_a_link_the_fog_answers_at_once) {
  segments = 2;
  endless = true;
  start();
  BOOST_TEST(located(published) == "cccc");
  auto parts = status().parts;
  link(false);
  segments = 4;
  film();
  BOOST_TEST(located(published) == "ccccbbbb");
  BOOST_TEST(status().parts == parts); // the cloud was not asked
  BOOST_TEST(status().outage == "fog");
}

BOOST_AUTO_TEST_CASE(the_first_picture_waits_for_the_link_to_speak) {
  live = true;
  segments = 1;
  link_speaks = false;
  start();
  advance(500ms);
  BOOST_TEST(published.empty());
  link(true);
  BOOST_TEST(located(published) == "cc");
}

BOOST_AUTO_TEST_CASE(a_link_that_says_nothing_is_not_waited_for) {
  live = true;
  segments = 1;
  link_speaks = false;
  start();
  advance(1s);
  BOOST_TEST(located(published) == "bb");
}

BOOST_AUTO_TEST_CASE(a_cloud_that_is_back_is_used_after_settling) {
  segments = 1;
  endless = true;
  live = true;
  start();
  link(false);
  link(true);
  std::string phases;
  for (int i = 0; i < 30; ++i) { // a segment with two keyframes each 100 ms
    ++segments;
    film();
    advance(100ms);
    phases += status().outage[0];
  }
  // The answer to the first probe; then 2 s.
  BOOST_TEST(phases.substr(0, 19) == std::string(19, 's'));
  BOOST_TEST(phases.substr(22) == std::string(8, 'c'));
  // Probes are answered twice: by the backup, then by the cloud.
  auto x = status();
  BOOST_TEST(x.revised > 4u);
  BOOST_TEST(x.revised < 20u); // two a probe, a probe each 500 ms
  BOOST_TEST(x.answered == 62u);
}

BOOST_AUTO_TEST_CASE(a_camera_whose_answer_was_lost_is_asked_again) {
  segments = 1;
  endless = true;
  start();
  auto before = published.size();
  segments = 2; // and nobody says so
  advance(4900ms);
  BOOST_TEST(published.size() == before);
  advance(100ms);
  advance(100ms);
  BOOST_TEST(published.size() > before);
}

BOOST_AUTO_TEST_CASE(parts_say_by_which_connection_they_went) {
  segments = 1;
  endless = true;
  answer_at_once = false;
  start();
  BOOST_REQUIRE(!asked.empty());
  BOOST_TEST(asked.back().part.epoch == 1u);
  link(false);
  link(true);
  ++segments;
  film();
  BOOST_REQUIRE(!asked.empty());
  BOOST_TEST(asked.back().part.epoch == 2u);
}

BOOST_AUTO_TEST_CASE(a_slow_backup_gets_keyframes_evenly) {
  live = true;
  backup_waits = true;
  cfg.usual.pipeline = "fog_only";
  cfg.in_flight = 100;
  cfg.backup_queue = 2;
  segments = 20; // 40 keyframes, faster than any is answered
  start();
  BOOST_TEST(backup_asked.size() == 2u);
  BOOST_TEST(status().skipped == 38u);
  BOOST_TEST(status().dropped["skipped"] == 38u);
  while (!backup_asked.empty())
    answer_backup();
  BOOST_TEST(status().answered == 2u);
}

BOOST_AUTO_TEST_CASE(a_file_waits_for_the_backup) {
  backup_waits = true;
  cfg.usual.pipeline = "fog_only";
  cfg.in_flight = 4;
  segments = 20;
  start();
  while (!backup_asked.empty())
    answer_backup();
  BOOST_TEST(status().skipped == 0u);
  BOOST_TEST(status().answered == 40u);
}

// -- spool --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(answered_segments_leave_the_disk) {
  with_spool();
  start();
  BOOST_TEST(published.size() == 6u);
  BOOST_TEST(spool.empty());
  BOOST_TEST(position.next_frame == 90u);
  BOOST_TEST(state == "");
  status();
  BOOST_TEST(state == "ended");
}

BOOST_AUTO_TEST_CASE(a_coordinator_that_dies_loses_nothing) {
  with_spool();
  answer_at_once = false;
  endless = true;
  start();
  BOOST_TEST(asked.size() == 6u);
  answer_next();
  answer_next();
  BOOST_TEST(frames_published() == (numbers{0, 15}));
  BOOST_TEST(spool.size() == 2u);
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  asked.clear();
  answer_at_once = true;
  segments = 4; // the camera goes on
  start();
  advance(5s);
  auto xs = frames_published();
  std::sort(xs.begin(), xs.end());
  BOOST_TEST(xs == (numbers{0, 15, 30, 45, 60, 75, 90, 105}));
  auto x = status();
  BOOST_TEST(x.recovered == 4u);
  BOOST_TEST(x.repeated == 0u);
  BOOST_TEST(x.answered == 6u);
  BOOST_TEST(ledger.size() == 8u);
  // The newest segment may go on: it stays until another begins.
  BOOST_TEST(spool.size() == 1u);
}

BOOST_AUTO_TEST_CASE(another_camera_is_numbered_on_after_a_restart) {
  with_spool();
  endless = true;
  start();
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  caf::anon_send_exit(directory["camera"], caf::exit_reason::kill);
  directory["camera"] = spawn_camera();
  start();
  BOOST_TEST(frames_published()
             == (numbers{0, 15, 30, 45, 60, 75, 90, 105, 120, 135, 150, 165}));
}

BOOST_AUTO_TEST_CASE(numbers_go_on_from_the_ledger) {
  ledger[45].frame = 45;
  segments = 1;
  start();
  BOOST_TEST(frames_published() == (numbers{60, 75}));
}

BOOST_AUTO_TEST_CASE(what_nobody_could_answer_is_answered_later) {
  with_spool();
  cfg.backup = "";
  endless = true;
  start();
  link(false);
  segments = 5;
  film();
  advance(5s);
  BOOST_TEST(status().spooled == 4u);
  BOOST_TEST(published.size() == 6u);
  link(true);
  film_on(30);
  auto x = status();
  BOOST_TEST(x.spooled == 0u);
  BOOST_TEST(x.outage == "cloud");
  BOOST_TEST(x.answered == 70u);
  BOOST_TEST(x.received == 70u);
  BOOST_TEST(ledger.size() == 70u);
}

// A chunk whose parts leave together waits for the next keyframe, but not for
// one that never comes.
BOOST_AUTO_TEST_CASE(a_camera_that_is_gone_leaves_nothing_in_an_open_chunk) {
  endless = true;
  live = true;
  holds_chunks = true;
  start();
  BOOST_TEST(status().in_flight == 6u);
  for (int i = 0; i < 48; ++i)
    advance(200ms);
  BOOST_TEST(status().in_flight == 6u); // another may follow within 10 s
  for (int i = 0; i < 5; ++i)
    advance(200ms);
  auto x = status();
  BOOST_TEST(x.in_flight == 0u);
  BOOST_TEST(x.answered == 6u);
  BOOST_TEST(x.cloud_frames == 6u);
  BOOST_TEST(chunks_closed == 1u);
}

// Nor does what is on disk wait for the camera, which may be gone.
BOOST_AUTO_TEST_CASE(what_is_on_disk_needs_no_live_pictures) {
  with_spool();
  cfg.backup = "";
  endless = true;
  start();
  link(false);
  segments = 5;
  film();
  advance(5s);
  BOOST_TEST(status().spooled == 4u);
  link(true);
  for (int i = 0; i < 100; ++i)
    advance(200ms);
  auto x = status();
  BOOST_TEST(x.spooled == 0u);
  BOOST_TEST(x.answered == 10u);
  BOOST_TEST(spool.size() == 1u); // the newest may go on
}

BOOST_AUTO_TEST_CASE(the_cloud_corrects_without_live_pictures_too) {
  with_spool();
  endless = true;
  start();
  link(false);
  segments = 5;
  film();
  advance(5s);
  BOOST_TEST(status().improvable == 4u);
  link(true);
  for (int i = 0; i < 100; ++i)
    advance(200ms);
  auto x = status();
  BOOST_TEST(x.improvable == 0u);
  BOOST_TEST(x.revised == 4u);
}

BOOST_AUTO_TEST_CASE(the_cloud_corrects_what_the_backup_answered) {
  with_spool();
  endless = true;
  start();
  link(false);
  segments = 5;
  film();
  advance(1s);
  BOOST_TEST(located(published) == "ccccccbbbb");
  BOOST_TEST(status().improvable == 4u);
  link(true);
  film_on(30);
  auto x = status();
  BOOST_TEST(x.improvable == 0u);
  BOOST_TEST(ledger.at(90).revision == 1u);
  BOOST_CHECK(ledger.at(90).located == named_by::cloud);
  BOOST_CHECK(ledger.at(135).located == named_by::cloud);
  BOOST_TEST(x.answered == x.received);
}

BOOST_AUTO_TEST_CASE(old_results_are_not_corrected) {
  with_spool();
  cfg.correct_age = 0s;
  endless = true;
  start();
  link(false);
  segments = 5;
  film();
  advance(1s);
  BOOST_TEST(status().unimproved == 4u);
  BOOST_TEST(fetched.empty());
  BOOST_TEST(spool.size() == 1u); // the newest may go on
}

BOOST_AUTO_TEST_CASE(what_the_disk_gives_up_is_counted) {
  with_spool();
  cfg.backup = "";
  endless = true;
  start();
  link(false);
  segments = 6;
  film();
  BOOST_TEST(status().spooled == 6u);
  spool.erase(4);
  caf::anon_send(spool_owner, lost_atom_v, uint64_t{4},
                 std::string{"spool_age"});
  run();
  auto x = status();
  BOOST_TEST(x.spooled == 4u);
  BOOST_TEST(x.dropped["spool_age"] == 2u);
}

BOOST_AUTO_TEST_CASE(a_segment_that_is_gone_is_counted) {
  with_spool();
  answer_at_once = false;
  endless = true;
  start();
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  asked.clear();
  answer_at_once = true;
  directory.erase("camera"); // only what is on disk
  unreadable = {2};
  start();
  advance(5s);
  auto x = status();
  BOOST_TEST(x.recovered == 6u);
  BOOST_TEST(x.answered == 2u);
  BOOST_TEST(x.dropped["undecodable"] == 2u);
  BOOST_TEST(x.spooled == 2u); // the newest may go on
}

BOOST_AUTO_TEST_CASE(a_full_disk_does_not_stop_the_stream) {
  with_spool();
  spool_error = caf::make_error(ec::io, "no space left on device");
  start();
  auto x = status();
  BOOST_TEST(published.size() == 6u);
  BOOST_TEST(x.unkept == 6u);
  BOOST_TEST(x.last_error.find("no space") != std::string::npos);
  BOOST_TEST(state == "ended");
}

BOOST_AUTO_TEST_CASE(results_that_were_refused_are_made_again) {
  with_spool();
  ledger_error = caf::make_error(ec::io, "full");
  start();
  BOOST_TEST(status().spooled == 6u);
  BOOST_TEST(state == "ready");
  ledger_error = caf::none;
  for (int i = 0; i < 10; ++i)
    advance(1s);
  BOOST_TEST(status().answered == 6u);
  BOOST_TEST(ledger.size() == 6u);
  BOOST_TEST(state == "ended");
}

BOOST_AUTO_TEST_SUITE_END()
