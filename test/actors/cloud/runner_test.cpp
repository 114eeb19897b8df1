#include "support/runner_fixture.hpp"

using namespace std::chrono_literals;

using namespace vpaas;

BOOST_FIXTURE_TEST_SUITE(runner_tests, test::runner_fixture)

BOOST_AUTO_TEST_CASE(a_part_goes_from_actor_to_actor) {
  begin();
  send("s", 0);
  BOOST_TEST(log
               == (strings{"chunk_decoder-1 s 0.0 100", "detectors s 0",
                           "region_filter s 0"}),
             boost::test_tools::per_element());
  BOOST_TEST(answers["s 0"] == "ok");
  BOOST_TEST(results["s 0"].names == strings{"a"},
             boost::test_tools::per_element());
  auto x = look();
  BOOST_TEST(x.answered == 1u);
  BOOST_TEST(x.frames == 1u);
  BOOST_TEST(x.bytes == 100u);
  BOOST_TEST(x.neighbours == 3u);
}

BOOST_AUTO_TEST_CASE(decoding_and_detecting_are_measured) {
  begin();
  holding = {"chunk_decoder-1", "detectors", "region_filter"};
  send("s", 0);
  BOOST_TEST(look().decoding == 1u);
  advance(30ms);
  release();
  BOOST_TEST(look().detecting == 1u);
  advance(50ms);
  release();
  BOOST_TEST(look().filtering == 1u);
  advance(7ms);
  release();
  BOOST_TEST((results["s 0"].decoding == 30ms));
  BOOST_TEST((results["s 0"].detecting == 50ms));
  BOOST_TEST(look().decoding_time.count == 1u);
}

BOOST_AUTO_TEST_CASE(the_parts_of_a_stream_stick_to_one_decoder) {
  begin({{"decoders", 3}});
  std::map<std::string, std::set<std::string>> used; // by stream
  for (uint32_t i = 0; i < 3; ++i)
    for (int k = 0; k < 20; ++k)
      send("s" + std::to_string(k), i);
  for (auto& x : log)
    if (x.find("chunk_decoder-") == 0)
      used[x.substr(16, x.find(' ', 16) - 16)].insert(x.substr(0, 15));
  BOOST_TEST(used.size() == 20u);
  std::set<std::string> all;
  for (auto& [stream, decoders] : used) {
    BOOST_TEST(decoders.size() == 1u, stream);
    all.insert(decoders.begin(), decoders.end());
  }
  BOOST_TEST(all.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_part_that_waits_for_bytes_holds_up_those_behind) {
  begin();
  send("s", 0);
  send("s", 1, 0);
  send("s", 2);
  send("other", 0);
  BOOST_TEST(decoded() == (strings{"s 0.0 100", "other 0.0 100"}),
             boost::test_tools::per_element());
  auto x = look();
  BOOST_TEST(x.waiting == 2u);
  BOOST_TEST(x.held_bytes == 100u);
  advance(3s);
  log.clear();
  BOOST_TEST(!deliver("s", 1, 70000));
  BOOST_TEST(decoded() == (strings{"s 0.1 70000", "s 0.2 100"}),
             boost::test_tools::per_element());
  BOOST_TEST(answers["s 2"] == "ok");
  BOOST_TEST((look().wait.max == 3s));
  BOOST_TEST(look().held_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(bytes_that_come_first_wait_for_their_part) {
  begin();
  BOOST_TEST(!deliver("s", 0));
  BOOST_TEST(look().unclaimed == 1u);
  send("s", 0, 0);
  BOOST_TEST(answers["s 0"] == "ok");
  BOOST_TEST(look().claimed == 1u);
}

BOOST_AUTO_TEST_CASE(bytes_that_never_come_fail_their_part_only) {
  begin({{"patience", "10s"}});
  send("s", 0, 0);
  advance(1s);
  send("s", 1);
  advance(8s);
  BOOST_TEST(answers.empty());
  advance(1s);
  BOOST_TEST(answers["s 0"] == "deadline");
  BOOST_TEST(answers["s 1"] == "ok");
  BOOST_TEST(look().expired == 1u);
}

BOOST_AUTO_TEST_CASE(bytes_without_a_part_are_dropped) {
  begin({{"patience", "10s"}, {"memory", "100000"}});
  BOOST_TEST(!deliver("s", 0, 60000));
  BOOST_TEST(!deliver("s", 1, 60000));
  BOOST_TEST(look().dropped == 1u);
  BOOST_TEST((deliver("s", 2, 100001) == ec::overload));
  advance(10s);
  BOOST_TEST(look().dropped == 2u);
  BOOST_TEST(look().held_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_too_much_is_refused_at_once) {
  begin({{"capacity", 4}, {"stream_capacity", 2}});
  for (uint32_t i = 0; i < 3; ++i)
    send("s", i, 0);
  BOOST_TEST(answers["s 2"] == "overload");
  holding = {"chunk_decoder-1"};
  for (auto stream : {"a", "b", "c"})
    send(stream, 0);
  BOOST_TEST(answers["c 0"] == "overload");
  BOOST_TEST(answers.size() == 2u);
  auto x = look();
  BOOST_TEST(x.rejected == 2u);
  BOOST_TEST(x.waiting == 2u);
  BOOST_TEST(x.decoding == 2u);
}

BOOST_AUTO_TEST_CASE(a_part_that_comes_again_takes_the_place_of_the_first) {
  begin();
  send("s", 0, 0);
  send("s", 1);
  send("s", 0, 100);
  BOOST_TEST(decoded() == (strings{"s 0.0 100", "s 0.1 100"}),
             boost::test_tools::per_element());
  auto x = look();
  BOOST_TEST(x.replaced == 1u);
  BOOST_TEST(x.answered == 2u);
  BOOST_TEST(x.failed == 1u);
}

// As a cloud that was frozen finds them, or one whose packets were lost.
BOOST_AUTO_TEST_CASE(a_new_connection_gives_up_what_was_sent_before) {
  begin();
  holding = {"detectors"};
  send("s", 0);
  send("other", 0);
  send("s", 1, 0);
  send("s", 2); // waits behind that
  ++epoch;
  log.clear();
  send("s", 3);
  for (auto key : {"s 0", "s 1", "s 2"})
    BOOST_TEST(answers[key] == "cancelled");
  BOOST_TEST(log
               == (strings{"detectors cancel s", "chunk_decoder-1 s 0.3 100",
                           "detectors s 0"}),
             boost::test_tools::per_element());
  auto x = look();
  BOOST_TEST(x.abandoned == 3u);
  BOOST_TEST(x.held_bytes == 0u);
  release();
  BOOST_TEST(answers["s 3"] == "ok");
  BOOST_TEST(answers["other 0"] == "ok");
  BOOST_TEST(look().late == 1u); // its frames were with a detector
}

// It was on its way when its connection was lost.
BOOST_AUTO_TEST_CASE(a_late_part_of_an_old_connection_harms_no_new_one) {
  begin();
  holding = {"detectors"};
  epoch = 7;
  send("s", 0);
  epoch = 6;
  send("s", 1);
  BOOST_TEST(answers["s 1"] == "cancelled");
  BOOST_TEST(look().abandoned == 0u);
  release();
  BOOST_TEST(answers["s 0"] == "ok");
}

// Its later parts need what its first ones left in their decoder.
BOOST_AUTO_TEST_CASE(an_open_chunk_stays_where_it_is_when_decoders_are_added) {
  begin();
  strings streams;
  for (int k = 0; k < 20; ++k)
    streams.push_back("s" + std::to_string(k));
  for (auto& x : streams)
    send(x, 0);
  test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"decoders", 3}}}));
  log.clear();
  for (auto& x : streams)
    send(x, 1);
  for (auto& x : log)
    BOOST_TEST(x.find("chunk_decoder-2") == std::string::npos);
  log.clear();
  for (auto& x : streams)
    send(x, 0); // the next chunk
  auto elsewhere = 0;
  for (auto& x : log)
    elsewhere += x.find("chunk_decoder-2") == 0;
  BOOST_TEST(elsewhere > 0);
}

// Four files at full speed and two cameras: a camera's part waits for what the
// decoder holds, and for nothing else.
BOOST_AUTO_TEST_CASE(live_parts_go_before_those_that_can_wait) {
  begin();
  holding = {"chunk_decoder-1"};
  live = {"cam1", "cam2"};
  for (uint16_t i = 0; i < 10; ++i)
    for (auto file : {"f1", "f2", "f3", "f4"})
      send(file, i);
  BOOST_TEST(decoded() == (strings{"f1 0.0 100", "f2 0.0 100"}),
             boost::test_tools::per_element());
  for (auto camera : {"cam1", "cam2"})
    send(camera, 0);
  log.clear();
  release();
  BOOST_TEST(decoded() == (strings{"cam1 0.0 100", "cam2 0.0 100"}),
             boost::test_tools::per_element());
  release();
  for (auto camera : {"cam1", "cam2"}) {
    BOOST_TEST(answers[std::string{camera} + " 0"] == "ok");
    BOOST_TEST_REQUIRE(jobs[camera].size() == 1u);
    BOOST_TEST(jobs[camera][0].priority == 1);
    BOOST_TEST((jobs[camera][0].deadline == 10s));
  }
  BOOST_TEST_REQUIRE(jobs["f1"].size() == 1u);
  BOOST_TEST(jobs["f1"][0].priority == 0);
  BOOST_TEST((jobs["f1"][0].deadline == 60s)); // its fog waits as long
  BOOST_TEST(look().waiting == 36u);
  while (!held.empty())
    release();
  BOOST_TEST(look().answered == 42u);
}

BOOST_AUTO_TEST_CASE(a_decoder_that_dies_lets_the_next_one_take_what_waits) {
  begin();
  holding = {"chunk_decoder-1"};
  for (uint16_t i = 0; i < 4; ++i)
    send("s", i);
  auto dead = directory["chunk_decoder-1"];
  hire("chunk_decoder-1");
  holding.clear();
  self->send_exit(dead, caf::exit_reason::kill);
  run();
  for (auto key : {"s 0", "s 1"}) // it held them
    BOOST_TEST(answers[key] == "cloud_down");
  for (auto key : {"s 2", "s 3"})
    BOOST_TEST(answers[key] == "ok");
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_decoder_too_long_is_given_up) {
  begin({{"timeout", "30s"}});
  holding = {"chunk_decoder-1"};
  for (uint16_t i = 0; i < 3; ++i)
    send("s", i);
  advance(31s);
  for (auto key : {"s 0", "s 1", "s 2"})
    BOOST_TEST(answers[key] == "deadline");
}

BOOST_AUTO_TEST_CASE(a_neighbour_that_breaks_fails_what_it_has) {
  begin();
  for (auto name : {"chunk_decoder-1", "region_filter"}) {
    answers.clear();
    throwing = {name};
    send("s", 0);
    BOOST_TEST(answers["s 0"] == "cloud_down", name);
    send("s", 1); // the node still knows the dead one
    BOOST_TEST(answers["s 1"] == "cloud_down", name);
    throwing.clear();
    hire(name);
    send("s", 2);
    BOOST_TEST(answers["s 2"] == "ok", name);
  }
  BOOST_TEST(look().lost >= 2u);
}

BOOST_AUTO_TEST_CASE(parts_on_their_way_to_a_dying_decoder_are_answered) {
  begin();
  send("a", 0);
  throwing = {"chunk_decoder-1"};
  for (uint16_t i = 1; i < 4; ++i) // all lie in one mailbox
    self->send(uut, apply_atom_v, make_item("a", 0, part("a", i, 100)));
  run();
  BOOST_TEST(look().failed == 3u);
  BOOST_TEST(look().lost == 1u);
}

BOOST_AUTO_TEST_CASE(a_silent_neighbour_costs_a_timeout) {
  begin({{"timeout", "30s"}});
  holding = {"detectors"};
  send("s", 0);
  advance(29s);
  BOOST_TEST(answers.empty());
  advance(1s);
  BOOST_TEST(answers["s 0"] == "deadline");
  release(); // too late
  BOOST_TEST(look().answered == 0u);
}

BOOST_AUTO_TEST_CASE(a_missing_neighbour_is_looked_for_each_time) {
  begin();
  directory.erase("detectors");
  send("s", 0);
  BOOST_TEST(answers["s 0"] == "cloud_down");
  hire("detectors");
  send("s", 1);
  BOOST_TEST(answers["s 1"] == "ok");
}

BOOST_AUTO_TEST_CASE(errors_of_ours_stay_what_they_are) {
  begin();
  refusals["detectors"] = caf::make_error(ec::overload, "the pool is full");
  send("s", 0);
  BOOST_TEST(answers["s 0"] == "overload");
  BOOST_TEST(look().rejected == 0u); // it was the pool
  refusals["chunk_decoder-1"] = caf::make_error(ec::codec, "damaged");
  send("s", 1);
  BOOST_TEST(answers["s 1"] == "codec");
  refusals.erase("chunk_decoder-1");
  refusals["detectors"] = caf::sec::runtime_error; // its workers died of it
  send("s", 2);
  BOOST_TEST(answers["s 2"] == "inference");
  BOOST_TEST((apply<chunk_answer>(uut, box{}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(whoever_waits_is_told_when_it_ends) {
  begin();
  holding = {"detectors"};
  send("s", 0);
  send("s", 1, 0);
  self->send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(answers["s 0"] == "cloud_down");
  BOOST_TEST(answers["s 1"] == "cloud_down");
}

BOOST_AUTO_TEST_CASE(its_settings_change_while_it_runs) {
  begin();
  test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"stream_capacity", 1}}}));
  send("s", 0, 0);
  send("s", 1);
  BOOST_TEST(answers["s 1"] == "overload");
  auto refused = ask<document>(uut, configure_atom_v,
                               document{{{"decoders", 0}}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_config));
  auto spec = test::value_of(ask<function_spec>(uut, describe_atom_v));
  BOOST_TEST(spec.input == "chunk|errand_call");
  BOOST_TEST(spec.output == "chunk_answer");
}

BOOST_AUTO_TEST_SUITE_END()
