#include "runtime/node/lua_function.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

/// A thing of .1 by .1 that stands at (x, y).
found_object thing(float x, float y, uint64_t track,
                   const std::string& label = "car") {
  return {{x - .05f, y - .1f, x + .05f, y}, label, .9f, named_by::cloud, track};
}

struct fixture {
  caf::expected<lua_function> load(const std::string& script,
                                   const json& parameters = {}) {
    auto path = dir.path() + "/f.lua";
    std::ofstream{path} << script;
    return lua_function::load(path, parameters);
  }

  std::string error_of(const std::string& script, const json& parameters = {}) {
    auto x = load(script, parameters);
    auto text = x ? "accepted" : cause_of(x.error());
    auto folder = dir.path() + "/";
    if (auto at = text.find(folder); at != std::string::npos)
      text.erase(at, folder.size());
    return text;
  }

  /// The next keyframe, half a second later.
  lua_function::output show(lua_function& uut,
                            std::vector<found_object> objects) {
    frame_result x;
    x.stream = "door";
    x.frame = ++keyframe * 15;
    x.pts_us = int64_t(keyframe) * 500'000;
    x.captured = caf::timestamp{std::chrono::seconds(keyframe)};
    x.objects = std::move(objects);
    return test::value_of(uut.apply(x));
  }

  test::temp_dir dir;
  uint64_t keyframe = 0;
};

constexpr const char* shipped = "config/functions/";

} // namespace

BOOST_FIXTURE_TEST_SUITE(lua_function_tests, fixture)

BOOST_AUTO_TEST_CASE(a_result_stays_as_it_is_unless_objects_are_returned) {
  auto uut = load("function apply(result) end");
  BOOST_REQUIRE(uut);
  auto same = show(*uut, {thing(.5f, .5f, 7)});
  BOOST_REQUIRE(same.result.objects.size() == 1u);
  BOOST_TEST((same.result.objects[0] == thing(.5f, .5f, 7)));
  auto less = load("function apply(result) return {} end");
  BOOST_REQUIRE(less);
  BOOST_TEST(show(*less, {thing(.5f, .5f, 7)}).result.objects.empty());
  auto other = load("function apply(result)\n"
                    "  result.objects[1].label = 'van'\n"
                    "  return result.objects\nend");
  BOOST_REQUIRE(other);
  auto changed = show(*other, {thing(.5f, .5f, 7)});
  BOOST_TEST(changed.result.objects[0].label == "van");
  BOOST_TEST((changed.result.objects[0].where == thing(.5f, .5f, 7).where));
}

BOOST_AUTO_TEST_CASE(an_event_carries_its_frame) {
  auto uut = load("function apply(result)\n"
                  "  event { kind = 'seen', object = result.objects[1],\n"
                  "    zone = 'door', value = 'red', seconds = 1.5 }\nend");
  BOOST_REQUIRE(uut);
  auto out = show(*uut, {thing(.5f, .5f, 7)});
  BOOST_REQUIRE(out.events.size() == 1u);
  event expected;
  expected.stream = "door";
  expected.frame = 15;
  expected.time = caf::timestamp{std::chrono::seconds(1)};
  expected.kind = "seen";
  expected.object = 7;
  expected.label = "car";
  expected.zone = "door";
  expected.value = "red";
  expected.lasted = std::chrono::milliseconds(1500);
  BOOST_TEST((out.events[0] == expected));
}

BOOST_AUTO_TEST_CASE(parameters_are_described_and_checked) {
  auto script
    = "help = 'says hello'\n"
      "parameters = { name = 'x', most = 3, loud = false }\n"
      "function apply(result)\n"
      "  event { kind = param.name .. (param.most == 3 and '!' or '') }\nend";
  auto uut = load(script, {{"name", "door"}});
  BOOST_REQUIRE(uut);
  BOOST_TEST(uut->spec().name == "f");
  BOOST_TEST(uut->spec().help == "says hello");
  BOOST_TEST(uut->spec().parameters.size() == 3u);
  BOOST_TEST(uut->spec().input == "frame_result");
  BOOST_TEST(show(*uut, {}).events[0].kind == "door!");
  BOOST_TEST(error_of(script, {{"nmae", "door"}}).find("nmae")
             != std::string::npos);
  BOOST_TEST(error_of(script, {{"most", "many"}}).find("most")
             != std::string::npos);
  BOOST_TEST(error_of("parameters = { zone = { 1 } } function apply() end")
             == "f.lua: parameter zone = [1] is not allowed; write a number, a "
                "text, true or false");
}

BOOST_AUTO_TEST_CASE(a_wrong_file_says_where) {
  BOOST_TEST(error_of("help = 'x'") == "define apply(result)");
  BOOST_TEST(error_of("function apply(result)\n= 1 end")
             == "f.lua:2: unexpected symbol near '='");
  BOOST_TEST(error_of("\nz = zone('z', { { 0, 0 } })")
             == "f.lua:2: a zone wants three points or more: zone(name, { { x, "
                "y }, ... })");
  BOOST_TEST(error_of("\nl = line('l', { 0 }, { 1, 1 })")
             == "f.lua:2: a line wants two points: line(name, { x, y }, { x, y "
                "})");
  BOOST_TEST(error_of("p = points('1,2 3')").find("\"x,y x,y ...\"")
             != std::string::npos);
  BOOST_TEST((lua_function::load("/nowhere.lua").error() == ec::io));
}

BOOST_AUTO_TEST_CASE(a_function_that_fails_costs_its_result_only) {
  auto uut = load("n = 0\n"
                  "function apply(result)\n"
                  "  n = n + 1\n"
                  "  event { kind = 'before' }\n"
                  "  if n == 1 then error('no') end\n"
                  "  if n == 2 then while true do end end\n"
                  "  if n == 3 then local s = ('x'):rep(1e9) end\n"
                  "  if n == 4 then return { { label = 3 } } end\n"
                  "  if n == 5 then return 'objects' end\n"
                  "  if n == 6 then event { kind = {} } end\n"
                  "  if n == 7 then event { kind = 'x', object = 'car' } end\n"
                  "  if n == 8 then event { kind = 'x', seconds = 1/0 } end\n"
                  "  if n == 9 then for i = 1, 2000 do event { kind = 'x' } "
                  "end end\nend");
  BOOST_REQUIRE(uut);
  frame_result x;
  x.objects = {thing(.5f, .5f, 7)};
  for (int i = 0; i < 9; ++i) {
    auto out = uut->apply(x);
    BOOST_TEST(!out);
    BOOST_TEST((out.error() == ec::bad_config));
  }
  auto out = uut->apply(x);
  BOOST_REQUIRE(out);
  BOOST_TEST(out->events.size() == 1u); // none of the failed ones
}

BOOST_AUTO_TEST_CASE(a_line_counts_once_in_each_direction) {
  auto uut = lua_function::load(std::string{shipped} + "line_count.lua",
                                {{"line", "0.5,0 0.5,1"}, {"name", "gate"}});
  BOOST_REQUIRE(uut);
  BOOST_TEST(
    show(*uut, {thing(.4f, .5f, 1), thing(.6f, .5f, 2)}).events.empty());
  auto out = show(*uut, {thing(.6f, .5f, 1), thing(.4f, .5f, 2)});
  BOOST_REQUIRE(out.events.size() == 2u);
  BOOST_TEST(out.events[0].kind == "passed");
  BOOST_TEST(out.events[0].zone == "gate");
  BOOST_TEST(out.events[0].object == 1u);
  BOOST_TEST(out.events[0].value == "left"); // walking down, right is x = 0
  BOOST_TEST(out.events[1].value == "right");
  BOOST_TEST(show(*uut, {thing(.7f, .5f, 1)}).events.empty());
}

BOOST_AUTO_TEST_CASE(a_line_remembers_over_a_gap_but_not_for_ever) {
  auto uut = lua_function::load(std::string{shipped} + "line_count.lua");
  BOOST_REQUIRE(uut);
  show(*uut, {thing(.4f, .5f, 1)});
  for (int i = 0; i < 5; ++i)
    show(*uut, {});
  BOOST_TEST(show(*uut, {thing(.6f, .5f, 1)}).events.size() == 1u);
  for (int i = 0; i < 14; ++i) // more than six seconds
    show(*uut, {});
  BOOST_TEST(show(*uut, {thing(.4f, .5f, 1)}).events.empty());
}

// Half a second a step: enters half way of the second one, leaves half way of
// the fourth: .25 + .5 + .25 s.
BOOST_AUTO_TEST_CASE(a_stay_is_measured_between_the_keyframes) {
  auto uut = lua_function::load(
    std::string{shipped} + "zone_stay.lua",
    {{"zone", "0.2,0 0.4,0 0.4,1 0.2,1"}, {"name", "yard"}, {"longest", .5}});
  BOOST_REQUIRE(uut);
  BOOST_TEST(show(*uut, {thing(.15f, .5f, 1)}).events.empty());
  auto in = show(*uut, {thing(.25f, .5f, 1)}).events;
  BOOST_REQUIRE(in.size() == 1u);
  BOOST_TEST(in[0].kind == "entered");
  BOOST_TEST(in[0].zone == "yard");
  auto longer = show(*uut, {thing(.35f, .5f, 1)}).events;
  BOOST_REQUIRE(longer.size() == 1u);
  BOOST_TEST(longer[0].kind == "stays");
  auto out = show(*uut, {thing(.45f, .5f, 1)}).events;
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(out[0].kind == "left");
  auto seconds = std::chrono::duration<double>(out[0].lasted).count();
  BOOST_TEST(seconds == 1, tt::tolerance(1e-4));
}

BOOST_AUTO_TEST_CASE(who_vanishes_in_a_zone_has_left) {
  auto uut = lua_function::load(std::string{shipped} + "zone_stay.lua",
                                {{"zone", "0.2,0 0.4,0 0.4,1 0.2,1"}});
  BOOST_REQUIRE(uut);
  show(*uut, {thing(.3f, .5f, 1)});
  show(*uut, {thing(.3f, .5f, 1)});
  std::vector<event> events;
  for (int i = 0; i < 14; ++i)
    for (auto& x : show(*uut, {}).events)
      events.push_back(x);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].kind == "left");
  BOOST_TEST((events[0].lasted == std::chrono::milliseconds(500)));
}

// Fast: outside before and after, 1/2 of the way through.
BOOST_AUTO_TEST_CASE(who_runs_through_a_zone_was_in_it) {
  auto uut = lua_function::load(std::string{shipped} + "zone_stay.lua",
                                {{"zone", "0.2,0 0.4,0 0.4,1 0.2,1"}});
  BOOST_REQUIRE(uut);
  show(*uut, {thing(.1f, .5f, 1)});
  auto x = show(*uut, {thing(.5f, .5f, 1)}).events;
  BOOST_REQUIRE(x.size() == 2u);
  BOOST_TEST(x[0].kind == "entered");
  BOOST_TEST(x[1].kind == "left");
  BOOST_TEST(std::chrono::duration<double>(x[1].lasted).count() == .25,
             tt::tolerance(1e-4));
}

BOOST_AUTO_TEST_CASE(a_mask_hides_what_stands_behind_it) {
  auto uut = lua_function::load(std::string{shipped} + "mask.lua",
                                {{"zone", "0,0 0.5,0 0.5,1 0,1"}});
  BOOST_REQUIRE(uut);
  auto out = show(*uut, {thing(.3f, .5f, 1), thing(.7f, .5f, 2)});
  BOOST_REQUIRE(out.result.objects.size() == 1u);
  BOOST_TEST(out.result.objects[0].track == 2u);
}

BOOST_AUTO_TEST_CASE(a_function_is_named_with_its_parameters) {
  auto x = test::value_of(parse_function("zone_stay?name=yard&longest=2.5"));
  BOOST_TEST(x.path == "config/functions/zone_stay.lua");
  BOOST_TEST(x.parameters == (json{{"name", "yard"}, {"longest", "2.5"}}));
  BOOST_TEST(bool(lua_function::load(x.path, x.parameters)));
  BOOST_TEST(test::value_of(parse_function("my/f.lua")).path == "my/f.lua");
  for (auto wrong : {"", "?a=b", "mask?zone", "mask?=1", "mask?a=1&"})
    BOOST_TEST((parse_function(wrong).error() == ec::bad_config), wrong);
}

BOOST_AUTO_TEST_CASE(every_shipped_function_can_be_loaded) {
  auto all = lua_functions_in(shipped);
  BOOST_TEST(all.size() >= 3u);
  for (auto& [name, path] : all) {
    auto uut = lua_function::load(path);
    BOOST_TEST(bool(uut));
    if (uut) {
      BOOST_TEST(uut->spec().name == name);
      BOOST_TEST(!uut->spec().help.empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
