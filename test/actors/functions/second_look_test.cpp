#include "actors/functions/second_look.hpp"

#include "runtime/media/regions.hpp"
#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// Names every place of an item that hints at something, within the budget.
detector_world namer() {
  detector_world result;
  result.load = [](const document& x) -> caf::expected<detector_world::loaded> {
    auto budget = x.get<int64_t>("budget");
    return detector_world::loaded{
      "twice@1",
      [budget](
        const std::vector<item>& xs) -> caf::expected<std::vector<detections>> {
        std::vector<detections> result;
        for (auto& x : xs) {
          auto in = x.value.get<regions>();
          if (!in)
            return caf::make_error(ec::bad_input, "no regions");
          frame_detections found{in->picture.number(), {}};
          for (auto& place : in->places)
            if (budget > 0)
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

BOOST_AUTO_TEST_SUITE_END()
