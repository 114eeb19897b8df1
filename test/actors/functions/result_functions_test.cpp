#include "actors/functions/result_functions.hpp"

#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

struct fixture : test::functions {
  function_actor begin(json values = json::object()) {
    auto parameters = defaults(result_functions::spec(), std::move(values));
    BOOST_TEST_REQUIRE(!result_functions::check(parameters));
    return remember(
      sys.spawn(function_of<result_functions>, std::move(parameters)));
  }

  static found_object car(float x) {
    return {{x, .4f, x + .1f, .5f}, "car", .9f, named_by::cloud, 0};
  }

  /// Keyframe `n`, half a second after the one before.
  static frame_result result(uint64_t n, std::vector<found_object> objects) {
    frame_result x;
    x.stream = "s";
    x.frame = n * 15;
    x.pts_us = int64_t(n) * 500'000;
    x.captured = caf::timestamp{std::chrono::milliseconds(500 * n)};
    x.objects = std::move(objects);
    return x;
  }

  result_batch pass(const function_actor& uut, std::vector<frame_result> xs,
                    std::vector<frame_result> before = {}) {
    return test::value_of(apply<result_batch>(
      uut, result_batch{std::move(xs), std::move(before), {}}));
  }

  /// Cars that drive to the right past the middle; their tracks.
  std::vector<uint64_t> drive(const function_actor& uut, uint64_t first,
                              uint64_t end) {
    std::vector<uint64_t> result;
    for (auto n = first; n < end; ++n)
      result.push_back(pass(uut, {fixture::result(n, {car(.05f * float(n))})})
                         .results[0]
                         .objects[0]
                         .track);
    return result;
  }
};

json counting{{"functions", json::array({"line_count?line=0.5,0 0.5,1"})}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(result_functions_tests, fixture)

BOOST_AUTO_TEST_CASE(an_object_keeps_its_track) {
  auto uut = begin();
  auto ids = drive(uut, 1, 10);
  BOOST_TEST(ids[0] != no_track);
  BOOST_TEST(ids == std::vector<uint64_t>(9, ids[0]),
             boost::test_tools::per_element());
  BOOST_TEST(status(uut)["tracked"] == 9);
}

BOOST_AUTO_TEST_CASE(without_a_tracker_there_are_no_tracks) {
  auto uut = begin({{"tracker", false}});
  BOOST_TEST(drive(uut, 1, 3) == (std::vector<uint64_t>{0, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(functions_count_and_raise_events) {
  auto uut = begin(counting);
  std::vector<event> events;
  for (uint64_t n = 1; n < 15; ++n)
    for (auto& x : pass(uut, {result(n, {car(.05f * float(n))})}).events)
      events.push_back(x);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].kind == "passed");
  BOOST_TEST(events[0].zone == "line");
  BOOST_TEST(events[0].value == "left");
  BOOST_TEST(events[0].stream == "s");
  BOOST_TEST(events[0].frame == 150u); // .5 + half a car
  BOOST_TEST(events[0].object != no_track);
  BOOST_TEST(status(uut)["events"] == 1);
}

BOOST_AUTO_TEST_CASE(a_later_function_sees_what_an_earlier_one_left) {
  auto uut = begin(
    {{"functions", json::array({"mask?zone=0,0 1,0 1,1 0,1",
                                "f\nfunction apply(result)\n"
                                "  event { kind = tostring(#result.objects) }"
                                "\nend"})}});
  auto out = pass(uut, {result(1, {car(.1f)})});
  BOOST_TEST(out.results[0].objects.empty());
  BOOST_REQUIRE(out.events.size() == 1u);
  BOOST_TEST(out.events[0].kind == "0");
}

BOOST_AUTO_TEST_CASE(a_function_that_fails_leaves_the_result_as_it_was) {
  auto uut
    = begin({{"functions", json::array({"odd\nfunction apply(result)\n"
                                        "  if result.frame % 2 == 1 then\n"
                                        "    error('no') end\n"
                                        "  return {}\nend"})}});
  auto out = pass(uut, {result(1, {car(.1f)}), result(2, {car(.15f)}),
                        result(3, {car(.2f)})});
  BOOST_REQUIRE(out.results.size() == 3u);
  BOOST_TEST(out.results[0].objects.size() == 1u); // 15
  BOOST_TEST(out.results[1].objects.size() == 0u); // 30
  BOOST_TEST(out.results[2].objects.size() == 1u); // 45
  auto x = status(uut);
  BOOST_TEST(x["failures"] == (json{{"odd", 2}}));
  BOOST_TEST(x["last_problem"] == "bad_config: odd:3: no");
  BOOST_TEST(x["failed"] == 0);
}

// A correction takes the track of what stood there, and neither counts nor
// turns the tracks back.
BOOST_AUTO_TEST_CASE(late_results_disturb_nothing) {
  auto uut = begin(counting);
  auto ids = drive(uut, 1, 9); // before the line
  auto late = result(4, {car(.2f), car(.7f)});
  late.revision = 1;
  auto out = pass(uut, {late});
  BOOST_TEST(out.results[0].objects[0].track == ids[0]);
  BOOST_TEST(out.results[0].objects[1].track != ids[0]);
  BOOST_TEST(out.events.empty());
  BOOST_TEST(status(uut)["late"] == 1);
  BOOST_TEST(drive(uut, 9, 12) == std::vector<uint64_t>(3, ids[0]),
             boost::test_tools::per_element());
  BOOST_TEST(status(uut)["events"] == 1);
}

BOOST_AUTO_TEST_CASE(one_that_is_started_anew_goes_on_with_the_tracks) {
  auto first = begin();
  std::vector<frame_result> before;
  for (uint64_t n = 1; n < 6; ++n)
    before.push_back(
      pass(first, {result(n, {car(.05f * float(n))})}).results[0]);
  auto second = begin();
  auto x = pass(second, {result(6, {car(.3f)})}, before).results[0];
  BOOST_TEST(x.objects[0].track == before[0].objects[0].track);
  auto third = begin();
  auto y = pass(third, {result(6, {car(.3f)})}).results[0];
  BOOST_TEST(y.objects[0].track != before[0].objects[0].track);
}

// A camera that begins its time anew half a second later.
BOOST_AUTO_TEST_CASE(tracks_live_on_where_the_streams_time_jumps_back) {
  auto uut = begin();
  auto ids = drive(uut, 1, 6);
  auto x = result(6, {car(.3f)});
  x.pts_us = 0;
  BOOST_TEST(pass(uut, {x}).results[0].objects[0].track == ids[0]);
  auto y = result(7, {car(.35f)});
  y.pts_us = 500'000;
  BOOST_TEST(pass(uut, {y}).results[0].objects[0].track == ids[0]);
}

BOOST_AUTO_TEST_CASE(functions_are_changed_while_it_runs) {
  auto uut = begin();
  auto ids = drive(uut, 1, 6);
  auto changed = ask<document>(uut, configure_atom_v, document{counting});
  BOOST_TEST(bool(changed));
  BOOST_TEST(drive(uut, 6, 13) == std::vector<uint64_t>(7, ids[0]),
             boost::test_tools::per_element());
  BOOST_TEST(status(uut)["events"] == 1);
  auto wrong = ask<document>(
    uut, configure_atom_v,
    document{json{{"functions", json::array({"f\nfunction apply("})}}});
  BOOST_TEST_REQUIRE(!wrong);
  BOOST_TEST(cause_of(wrong.error()).find("f:1: ") == 0u,
             cause_of(wrong.error()));
}

BOOST_AUTO_TEST_CASE(a_wrong_function_is_refused) {
  auto refusal = [](const char* text) {
    return cause_of(result_functions::check(defaults(
      result_functions::spec(), {{"functions", json::array({text})}})));
  };
  BOOST_TEST(refusal("nowhere")
             == "there is no function \"nowhere\"; allowed: line_count, mask, "
                "zone_stay");
  BOOST_TEST(refusal("/etc/passwd").find("there is no function") == 0u);
  BOOST_TEST(refusal("f\nx = 1") == "define apply(result)");
  BOOST_TEST(refusal("mask?zone=1").find("points") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
