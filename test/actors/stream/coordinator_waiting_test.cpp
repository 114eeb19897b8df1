#include "actors/stream/coordinator.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

using test::numbers;

namespace {

struct fixture : test::stream_fixture {
  /// Until the stream is through.
  void play() {
    if (!uut)
      start();
    for (int i = 0; i < 3000 && state != "ended"; ++i) {
      advance(100ms);
      status();
    }
    BOOST_TEST(state == "ended");
  }

  /// In steps: what falls due in between does so at its time.
  void pass(caf::timespan x) {
    for (; x.count() > 0; x -= caf::timespan{50ms})
      advance(50ms);
  }

  size_t by(named_by who) const {
    return size_t(std::count_if(published.begin(), published.end(),
                                [&](auto& x) { return x.located == who; }));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(coordinator_waiting_tests, fixture)

// -- a source that can wait ---------------------------------------------------

// From a cloud with time to spare to one that is four, and twelve times as slow
// as the street's on one core.
BOOST_AUTO_TEST_CASE(the_cloud_answers_a_file_however_slow_it_is) {
  for (auto takes : {10ms, 60ms, 250ms, 1000ms, 3000ms})
    BOOST_TEST_CONTEXT(takes.count() << " ms a keyframe") {
      fixture x;
      x.segments = 30;
      x.cloud_takes = takes;
      x.play();
      auto counts = x.status();
      BOOST_TEST(x.by(named_by::cloud) == 60u);
      BOOST_TEST(counts.cloud_frames == 60u);
      BOOST_TEST(counts.backup_frames == 0u);
      BOOST_TEST(counts.outages == 0u);
      BOOST_TEST(counts.dropped.empty());
    }
}

BOOST_AUTO_TEST_CASE(what_the_cloud_has_is_answered_in_a_quarter_of_its_time) {
  segments = 100;
  cloud_takes = 250ms;
  start();
  pass(10s);
  auto x = status();
  BOOST_TEST(x.window == 10u); // 10 s / 4 / 250 ms
  BOOST_TEST(asked.size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_cloud_that_gets_slower_gets_less) {
  segments = 100;
  cloud_takes = 100ms;
  start();
  pass(5s);
  BOOST_TEST(status().window == 25u);
  cloud_takes = 1s; // for what is asked from now on
  pass(60s);
  BOOST_TEST(status().window <= 3u);
  BOOST_TEST(status().backup_frames == 0u);
  BOOST_TEST(status().outages == 0u);
}

BOOST_AUTO_TEST_CASE(a_busy_cloud_is_asked_again) {
  for (auto code : {ec::overload, ec::cancelled, ec::deadline})
    cloud_errors.push_back(caf::make_error(code, "busy"));
  segments = 10;
  play();
  auto x = status();
  BOOST_TEST(x.asked_again == 3u);
  BOOST_TEST(x.failures == 3u);
  BOOST_TEST(by(named_by::cloud) == 20u);
  BOOST_TEST(x.outages == 0u);
}

BOOST_AUTO_TEST_CASE(a_part_that_nobody_can_analyse_goes_to_the_backup) {
  cloud_errors = {caf::make_error(ec::inference, "it ended its worker")};
  play();
  BOOST_TEST(by(named_by::backup) == 1u);
  BOOST_TEST(status().outages == 0u);
  BOOST_TEST(status().asked_again == 0u);
}

BOOST_AUTO_TEST_CASE(a_cloud_that_answers_nothing_is_given_up) {
  cloud_error = caf::make_error(ec::overload, "busy");
  start();
  advance(29s); // it may load its networks
  BOOST_TEST(status().backup_frames == 0u);
  advance(3s);
  BOOST_TEST(status().backup_frames > 0u);
  play();
  BOOST_TEST(by(named_by::backup) == 6u);
}

BOOST_AUTO_TEST_CASE(the_backup_has_few_keyframes_of_a_file) {
  backup_waits = true;
  cfg.usual.pipeline = "fog_only";
  segments = 20;
  start();
  BOOST_TEST(backup_asked.size() == 4u); // live ones of others wait for it
  while (!backup_asked.empty())
    answer_backup();
  BOOST_TEST(status().answered == 40u);
}

BOOST_AUTO_TEST_CASE(a_file_waits_for_its_encoder) {
  segments = 10;
  cloud_takes = 100ms;
  start();
  replace("encoder");
  run();
  directory.erase("encoder");
  advance(5s);
  directory["encoder"] = spawn("encoder");
  play();
  BOOST_TEST(by(named_by::cloud) == 20u);
}

// -- a live one ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_busy_cloud_is_no_missing_one) {
  live = true;
  for (int i = 0; i < 4; ++i)
    cloud_errors.push_back(caf::make_error(ec::overload, "busy"));
  cloud_errors.push_back(caf::make_error(ec::inference, "it ends workers"));
  play();
  BOOST_TEST(by(named_by::backup) == 5u);
  BOOST_TEST(status().outages == 0u);
}

BOOST_AUTO_TEST_CASE(a_link_that_dies_ends_its_questions) {
  live = true;
  answer_at_once = false;
  segments = 1;
  endless = true;
  start();
  BOOST_TEST(asked.size() == 2u);
  replace("cloud_link");
  run();
  BOOST_TEST(by(named_by::backup) == 2u); // at once
  BOOST_TEST(status().in_flight == 0u);
}

BOOST_AUTO_TEST_CASE(parts_say_whether_their_source_waits) {
  answer_at_once = false;
  segments = 1;
  start();
  BOOST_TEST(!asked.back().part.live);
  kill_coordinator();
  asked.clear();
  live = true;
  ++segments;
  start();
  BOOST_REQUIRE(!asked.empty());
  BOOST_TEST(asked.back().part.live);
}

// -- pictures -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(pictures_beyond_the_bound_are_made_again) {
  live = true; // who can wait does not get that far
  answer_at_once = false;
  cfg.pixel_bytes = 2 * test::grey(0).bytes();
  regions_found = 1;
  start();
  auto x = status();
  BOOST_TEST(x.pixel_bytes == cfg.pixel_bytes);
  BOOST_TEST(x.evicted == 4u);
  while (!asked.empty())
    answer_next();
  BOOST_TEST(made_again == (numbers{30, 45, 60, 75}));
  BOOST_TEST(status().labels_fog == 6u);
  BOOST_TEST(status().pixel_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_is_not_decoded_beyond_the_bound) {
  answer_at_once = false;
  cfg.pixel_bytes = 2 * test::grey(0).bytes();
  segments = 20;
  start();
  BOOST_TEST(status().received <= 6u);
  while (!asked.empty())
    answer_next();
  BOOST_TEST(status().answered == 40u);
}

BOOST_AUTO_TEST_CASE(what_goes_to_the_disk_leaves_the_decoder) {
  with_spool();
  cfg.backup = "";
  live = true;
  endless = true;
  start();
  link(false);
  segments = 10;
  film();
  advance(1s);
  BOOST_TEST(status().spooled == 14u);
  BOOST_TEST(status().pixel_bytes == 0u);
  BOOST_TEST(released == 285u); // the last keyframe
}

// -- the encoder --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_encoder_is_told_its_quality_with_each_keyframe) {
  cfg.policy = [](const stream_state&) -> caf::expected<decision> {
    return decision{"high_low", document{{{"qp", 40}, {"scale", .6}}}};
  };
  endless = true;
  start();
  BOOST_TEST(settings.size() == 1u);
  settings.clear();
  replace("encoder");
  advance(200ms);
  film_on(1);
  BOOST_REQUIRE(settings.size() == 1u);
  BOOST_TEST(settings[0].get<int>("qp") == 40);
}

// -- slices -------------------------------------------------------------------

// The receiver says of bytes that it had once that it has them.
BOOST_AUTO_TEST_CASE(bytes_of_a_part_are_sent_anew_with_each_attempt) {
  part_bytes = 40'000;
  cloud_errors = {caf::make_error(ec::overload, "busy")};
  play();
  BOOST_TEST(transfers.size() == 7u);
  BOOST_TEST(came.size() == 7u);
  BOOST_TEST(status().failures == 1u);
  BOOST_TEST(by(named_by::cloud) == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
