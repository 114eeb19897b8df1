#include "actors/stream/coordinator.hpp"

#include "support/stream_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

using fixture = test::stream_fixture;
using test::numbers;

BOOST_FIXTURE_TEST_SUITE(coordinator_tests, fixture)

BOOST_AUTO_TEST_CASE(each_keyframe_is_published_once) {
  start();
  auto x = status();
  BOOST_TEST(frames_published() == (numbers{0, 15, 30, 45, 60, 75}));
  BOOST_TEST(x.received == 6u);
  BOOST_TEST(x.answered == 6u);
  BOOST_TEST(x.cloud_frames == 6u);
  BOOST_TEST(x.labels_cloud == 6u);
  BOOST_TEST(x.chunks == 2u);
  BOOST_TEST(x.bytes_to_cloud > 600u);
  BOOST_TEST(released == 75u);
  BOOST_TEST(state == "ended");
  BOOST_TEST(published[0].objects.size() == 1u);
  BOOST_TEST(published[0].objects[0].label == "car");
  BOOST_TEST(published[5].chunk == 60u);
}

BOOST_AUTO_TEST_CASE(answers_out_of_order_come_out_in_order) {
  answer_at_once = false;
  start();
  BOOST_TEST(asked.size() == 6u);
  BOOST_TEST(status().in_flight == 6u);
  answer_next(true); // the last one
  BOOST_TEST(published.empty());
  answer_next();
  BOOST_TEST(frames_published() == (numbers{0}));
  while (!asked.empty())
    answer_next(true);
  BOOST_TEST(frames_published() == (numbers{0, 15, 30, 45, 60, 75}));
}

BOOST_AUTO_TEST_CASE(the_camera_waits_while_too_much_is_in_flight) {
  answer_at_once = false;
  cfg.in_flight = 2;
  start();
  BOOST_TEST(status().received == 2u);
  while (!asked.empty())
    answer_next();
  BOOST_TEST(frames_published() == (numbers{0, 15, 30, 45, 60, 75}));
}

BOOST_AUTO_TEST_CASE(the_fog_names_what_the_cloud_located) {
  regions_found = 3;
  start();
  auto x = status();
  BOOST_TEST(x.regions == 18u);
  BOOST_TEST(x.labels_fog == 12u); // two of three; one is background
  BOOST_REQUIRE(published[0].objects.size() == 3u);
  BOOST_TEST(published[0].objects[1].label == "taxi");
  BOOST_CHECK(published[0].objects[1].by == named_by::fog);
  BOOST_TEST(published[0].regions == 3u);
}

BOOST_AUTO_TEST_CASE(cloud_only_leaves_regions_alone) {
  regions_found = 3;
  cfg.usual.pipeline = "cloud_only";
  start();
  BOOST_TEST(status().regions == 0u);
  BOOST_TEST(published[0].objects.size() == 1u);
  BOOST_TEST(published[0].pipeline == "cloud_only");
}

BOOST_AUTO_TEST_CASE(without_the_fog_a_good_hint_is_a_name) {
  regions_found = 1; // "van", scored 0.3
  cfg.usual.pipeline = "cloud_only";
  cfg.usual.parameters.set("hints", .25);
  start();
  BOOST_REQUIRE(published[0].objects.size() == 2u);
  BOOST_TEST(published[0].objects[1].label == "van");
  BOOST_CHECK(published[0].objects[1].by == named_by::cloud);
  BOOST_TEST(status().labels_cloud == 12u);
}

BOOST_AUTO_TEST_CASE(without_a_classifier_regions_stay_unnamed) {
  regions_found = 1;
  cfg.classifier = "";
  start();
  BOOST_TEST(status().unnamed == 6u);
  BOOST_TEST(published.size() == 6u);
}

BOOST_AUTO_TEST_CASE(what_the_cloud_fails_on_the_backup_answers) {
  live = true; // who can wait asks again
  cloud_error = caf::make_error(ec::cloud_down, "gone");
  start();
  auto x = status();
  BOOST_TEST(x.backup_frames == 6u);
  BOOST_TEST(x.failures == 6u);
  BOOST_REQUIRE(published.size() == 6u);
  BOOST_CHECK(published[0].located == named_by::backup);
  BOOST_TEST(published[0].objects.size() == 1u); // the other is below 0.5
  BOOST_TEST(published[0].objects[0].label == "dog");
}

BOOST_AUTO_TEST_CASE(without_a_backup_the_loss_is_counted_by_reason) {
  live = true;
  cloud_error = caf::make_error(ec::deadline, "slow");
  cfg.backup = "";
  start();
  BOOST_TEST(status().dropped["deadline"] == 6u);
  BOOST_TEST(published.empty());
  BOOST_TEST(state == "ended");
}

BOOST_AUTO_TEST_CASE(a_stream_whose_end_is_damaged_ends) {
  decodable = 2;
  start();
  status();
  BOOST_TEST(state == "ready"); // the source ended, the decoder has not
  caf::anon_send(directory["decoder"], next_atom_v);
  run();
  BOOST_TEST(status().dropped["undecodable"] == 2u);
  BOOST_TEST(frames_published() == (std::vector<uint64_t>{0, 15, 30, 45}));
  BOOST_TEST(state == "ended");
}

BOOST_AUTO_TEST_CASE(what_the_cloud_says_twice_counts_once) {
  twice = true;
  regions_found = 1; // so that the first answer still waits for its name
  start();
  BOOST_TEST(status().late == 6u);
  BOOST_REQUIRE(published.size() == 6u);
  BOOST_TEST(published[0].objects.size() == 2u);
}

BOOST_AUTO_TEST_CASE(fog_only_asks_neither_encoder_nor_cloud) {
  cfg.usual.pipeline = "fog_only";
  start();
  auto x = status();
  BOOST_TEST(x.backup_frames == 6u);
  BOOST_TEST(x.parts == 0u);
  BOOST_TEST(published.size() == 6u);
}

BOOST_AUTO_TEST_CASE(large_parts_go_in_slices) {
  part_bytes = 100'000;
  start();
  BOOST_REQUIRE(transfers.size() == 6u);
  BOOST_TEST(transfers[1].substr(0, 4) == "s/1#");
  BOOST_TEST(transfers[1].find(" to runner") != std::string::npos);
  BOOST_TEST(published.size() == 6u);
  BOOST_TEST(status().bytes_to_cloud > 600'000u);
}

BOOST_AUTO_TEST_CASE(a_camera_that_starts_anew_is_numbered_on) {
  segments = 100;
  answer_at_once = false;
  cfg.in_flight = 2;
  start();
  caf::anon_send_exit(directory["camera"], caf::exit_reason::kill);
  directory["camera"] = spawn_camera();
  segments = 1;
  advance(200ms);
  while (!asked.empty())
    answer_next();
  auto xs = frames_published();
  BOOST_REQUIRE(xs.size() == 4u);
  BOOST_TEST(xs == (numbers{0, 15, 30, 45}));
  BOOST_TEST(status().repeated == 0u);
}

BOOST_AUTO_TEST_CASE(results_wait_for_who_takes_them) {
  auto results = directory["results"];
  directory.erase("results");
  start();
  BOOST_TEST(status().received == 0u); // it does not even begin
  directory["results"] = results;
  advance(200ms);
  BOOST_TEST(published.size() == 6u);
}

BOOST_AUTO_TEST_CASE(results_that_are_not_taken_are_offered_again) {
  ledger_error = caf::sec::unexpected_message; // not a verdict on the results
  start();
  BOOST_TEST(status().in_flight == 6u);
  advance(200ms);
  BOOST_TEST(publishings > 1u);
  ledger_error = caf::none;
  advance(200ms);
  auto x = status();
  BOOST_TEST(x.answered == 6u);
  BOOST_TEST(published.size() == 6u);
  BOOST_TEST(x.dropped.size() == 0u);
}

BOOST_AUTO_TEST_CASE(results_of_a_full_disk_are_counted) {
  ledger_error = caf::make_error(ec::io, "full");
  start();
  auto x = status();
  BOOST_TEST(x.answered == 0u);
  BOOST_TEST(x.dropped["unpublished"] == 6u);
}

BOOST_AUTO_TEST_CASE(a_policy_that_fails_is_replaced_and_counted) {
  auto calls = 0;
  cfg.policy = [&](const stream_state& x) -> caf::expected<decision> {
    BOOST_TEST(x.stream == "s");
    switch (++calls) {
      case 1:
        return caf::make_error(ec::bad_config, "p.lua:1: loop");
      case 2:
        return decision{"high_low", document{{{"qp", 99}}}};
      default:
        return decision{"cloud_only", document{{{"qp", 20}}}};
    }
  };
  start();
  BOOST_TEST(status().policy_errors == 2u);
  BOOST_TEST(published[0].pipeline == "high_low");
  BOOST_TEST(published[5].pipeline == "cloud_only");
  BOOST_REQUIRE(settings.size() == 2u);
  BOOST_TEST(settings[0].get<int>("qp") == 36);
  BOOST_TEST(settings[1].get<int>("qp") == 20);
}

BOOST_AUTO_TEST_CASE(what_is_assigned_holds_until_it_is_taken_back) {
  segments = 1;
  endless = true;
  cfg.load = [](const std::string& text,
                const std::string& name) -> caf::expected<stream_rule> {
    if (text == "nonsense")
      return caf::make_error(ec::bad_config, name + ":1: nonsense");
    return stream_rule{[](const stream_state&) -> caf::expected<decision> {
      return decision{"cloud_only", document{{{"qp", 20}}}};
    }};
  };
  auto configure = [&](json x) {
    caf::expected<document> result{caf::none};
    auto reply = self->request(uut, caf::infinite, configure_atom_v,
                               document{std::move(x)});
    run();
    reply.receive([&](document& y) { result = std::move(y); },
                  [&](caf::error& y) { result = std::move(y); });
    return result;
  };
  auto next = [&] {
    auto before = published.size();
    film_on(1);
    BOOST_TEST_REQUIRE(published.size() > before);
    return published.back().pipeline;
  };
  start();
  BOOST_TEST(next() == "high_low");
  auto now
    = configure({{"assigned", {{"name", "night@1"}, {"policy", "decide"}}}});
  BOOST_TEST_REQUIRE(bool(now));
  BOOST_TEST(now->get<std::string>("assigned") == "night@1");
  BOOST_TEST(now->get<std::string>("pipeline") == "high_low"); // its own
  BOOST_TEST(next() == "cloud_only");
  BOOST_TEST(status().assigned == "night@1");
  // What is no good leaves the one before.
  now = configure({{"assigned", {{"name", "day@1"}, {"policy", "nonsense"}}}});
  BOOST_TEST(describe(now.error())
             == "bad_config: coordinator of \"s\": day@1:1: nonsense");
  BOOST_TEST(!configure({{"assigned", "day@1"}}));
  BOOST_TEST(!configure(
    {{"qp", 30}, {"assigned", {{"name", "x"}, {"policy", "decide"}}}}));
  BOOST_TEST(next() == "cloud_only");
  // Its own may change meanwhile.
  now = configure({{"pipeline", "fog_only"}});
  BOOST_TEST_REQUIRE(bool(now));
  BOOST_TEST(next() == "cloud_only");
  now = configure({{"assigned", nullptr}});
  BOOST_TEST_REQUIRE(bool(now));
  BOOST_TEST(!now->has("assigned"));
  BOOST_TEST(next() == "fog_only");
  BOOST_TEST(status().assigned == "");
}

BOOST_AUTO_TEST_CASE(a_pipeline_may_be_assigned) {
  std::string asked;
  cfg.plan = [&](const decision& x) {
    auto y = x;
    if (x.pipeline.find('\n') != std::string::npos) {
      asked = x.pipeline;
      y.pipeline = "cloud_only";
    }
    return test::shipped_plan(y);
  };
  start();
  auto reply = self->request(
    uut, caf::infinite, configure_atom_v,
    document{json{{"assigned", {{"name", "plain@2"}, {"pipeline", "text"}}}}});
  run();
  reply.receive([](const document&) {},
                [](caf::error& y) { BOOST_FAIL(describe(y)); });
  BOOST_TEST(asked == "plain@2\ntext");
  BOOST_TEST(status().assigned == "plain@2");
}

// An actor's memory lasts as long as anybody has its address: here the test
// itself, whose references count as one.
BOOST_AUTO_TEST_CASE(nobody_keeps_what_has_ended) {
  start();
  auto block = caf::actor_cast<caf::strong_actor_ptr>(uut);
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  for (int i = 0; i < 1000 && scheduler().has_pending_timeout(); ++i) {
    scheduler().trigger_timeouts();
    run();
  }
  BOOST_TEST(block->weak_refs == 1u);
}

BOOST_AUTO_TEST_CASE(a_wrong_configuration_says_what_is_allowed) {
  auto x = cfg;
  x.usual.pipeline = "fog_only";
  x.backup = "";
  BOOST_TEST(describe(x.validate())
             == "bad_config: coordinator of \"s\": pipeline fog_only needs "
                "backup_detector, and this stream has none; name it, or choose "
                "another pipeline");
  x.usual = {"high_low", document{{{"qp", 60}}}};
  auto said = describe(x.validate());
  BOOST_TEST(said.find("coordinator of \"s\"") != std::string::npos, said);
  BOOST_TEST(said.find("an integer from 0 to 51") != std::string::npos, said);
}

BOOST_AUTO_TEST_SUITE_END()
