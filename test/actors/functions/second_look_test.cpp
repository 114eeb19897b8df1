#include "actors/functions/second_look.hpp"

#include "runtime/media/regions.hpp"
#include "support/expect.hpp"
#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// Names every place of an item, where there is a budget.
detector_world namer() {
  detector_world result;
  result.load = [](const document&) -> caf::expected<detector_world::loaded> {
    return detector_world::loaded{
      "twice@1",
      [](
        const std::vector<item>& xs) -> caf::expected<std::vector<detections>> {
        std::vector<detections> result;
        for (auto& x : xs) {
          auto in = x.value.get<regions>();
          if (!in)
            return caf::make_error(ec::bad_input, "no regions");
          frame_detections found{in->picture.number(), {}};
          for (auto& place : in->places)
            if (in->budget > 0)
              found.found.push_back({place.where, place.hint, .9f, .9f});
          result.push_back({"twice@1", {"car"}, {}, {found}});
        }
        return result;
      }};
  };
  return result;
}

struct fixture : test::functions {
  batched_function_self begin(const json& parameters) {
    auto cfg = second_look_function(defaults(second_look_spec(), parameters),
                                    namer());
    return remember(sys.spawn(batched_function, cfg));
  }

  static regions two_places() {
    return {grey(16, 8, 50, 7), {{{0, 0, .5f, .5f}, .3f, 0, .3f}}, {"car"}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(second_look_tests, fixture)

BOOST_AUTO_TEST_CASE(regions_come_back_as_detections_of_their_frame) {
  auto uut = begin({{"max_delay", "0s"}});
  auto out = value_of(apply<detections>(uut, two_places()));
  BOOST_TEST_REQUIRE(out.frames.size() == 1u);
  BOOST_TEST(out.frames[0].frame == 7u);
  BOOST_TEST(out.frames[0].found.size() == 1u);
  BOOST_TEST((apply<detections>(uut, box{}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(the_budget_is_a_parameter_of_its_own) {
  auto uut = begin({{"max_delay", "0s"}, {"budget", 0}});
  auto out = value_of(apply<detections>(uut, two_places()));
  BOOST_TEST(out.frames[0].found.empty());
}

BOOST_AUTO_TEST_CASE(a_budget_comes_with_an_item_and_is_no_more_than_allowed) {
  auto uut = begin({{"max_delay", "0s"}, {"budget", 100}});
  auto looked = [&](json options) {
    auto out = ask<item>(uut, apply_atom_v, make_item("door", 7, two_places()),
                         document{std::move(options)});
    BOOST_TEST_REQUIRE(why(out) == "");
    return out->value.get<detections>()->frames[0].found.size();
  };
  BOOST_TEST(looked({{"budget", 0}}) == 0u);
  BOOST_TEST(looked({{"budget", 50}}) == 1u);
  auto none = begin({{"max_delay", "0s"}, {"budget", 0}});
  std::swap(uut, none);
  BOOST_TEST(looked({{"budget", 50}}) == 0u);
}

BOOST_AUTO_TEST_CASE(no_other_option_comes_with_an_item) {
  auto uut = begin({{"max_delay", "0s"}});
  auto refused = [&](json options) {
    return ask<item>(uut, apply_atom_v, make_item("door", 7, two_places()),
                     document{std::move(options)})
      .error();
  };
  BOOST_TEST((refused({{"model", "other"}}) == ec::bad_config));
  BOOST_TEST((refused({{"budget", -1}}) == ec::bad_config));
}

BOOST_AUTO_TEST_CASE(it_says_how_much_of_its_work_it_does) {
  auto uut = begin({{"max_delay", "0s"}});
  BOOST_TEST(status(uut).at("effort").get<double>() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
