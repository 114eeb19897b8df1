#include "actors/functions/region_filter.hpp"

#include "support/functions.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

struct fixture : test::functions {
  function_actor begin(json values = json::object()) {
    return remember(
      sys.spawn(function_of<region_filter_function>,
                defaults(region_filter_function::spec(), values)));
  }

  static box small(float x) {
    return {x, .1f, x + .1f, .2f};
  }

  /// Two frames of a model with five labels: a dog, a car that is not sure, a
  /// bike that is hardly there; a car, and something without a name.
  static detections two_frames() {
    return {"some@1",
            {"person", "bike", "car", "bus", "dog"},
            {.4f, .2f, .3f, .04f, .5f}, // the card's
            {{7,
              {{small(.1f), 4, .9f, .9f},
               {small(.3f), 2, .3f, .3f},
               {small(.5f), 1, .1f, .1f}}},
             {22, {{small(.1f), 2, .8f, .8f}, {small(.7f), 9, .5f, .5f}}}}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(region_filter_actor_tests, fixture)

BOOST_AUTO_TEST_CASE(an_answer_holds_only_the_names_that_occur) {
  auto out = test::value_of(apply<chunk_answer>(begin(), two_frames()));
  BOOST_TEST(out.model == "some@1");
  BOOST_TEST(out.names == (std::vector<std::string>{"dog", "car", "9"}),
             boost::test_tools::per_element());
  BOOST_REQUIRE(out.frames.size() == 2u);
  auto& a = out.frames[0];
  BOOST_TEST(a.frame == 7u);
  BOOST_REQUIRE((a.labels.size() == 1 && a.regions.size() == 1));
  BOOST_TEST(a.labels[0].label == 0);
  BOOST_TEST((a.labels[0].where == small(.1f)));
  BOOST_TEST(a.regions[0].hint == 1);
  BOOST_TEST(a.regions[0].hint_score == .3f);
  auto& b = out.frames[1];
  BOOST_TEST(b.frame == 22u);
  BOOST_REQUIRE((b.labels.size() == 2 && b.regions.empty()));
  BOOST_TEST(b.labels[0].label == 1);
  BOOST_TEST(b.labels[1].label == 2);
}

BOOST_AUTO_TEST_CASE(a_threshold_that_is_set_wins_over_the_cards) {
  auto uut = begin({{"theta_cls", 0.85}});
  auto out = test::value_of(apply<chunk_answer>(uut, two_frames()));
  BOOST_TEST(out.frames[1].labels.size() == 0u);
  BOOST_TEST(out.frames[1].regions.size() == 2u);
  BOOST_TEST(out.frames[0].regions.size() == 1u); // theta_loc is the card's
  test::value_of(
    ask<document>(uut, configure_atom_v, document{{{"theta_loc", 0.05}}}));
  out = test::value_of(apply<chunk_answer>(uut, two_frames()));
  BOOST_TEST(out.frames[0].regions.size() == 2u);
  BOOST_TEST(out.frames[1].labels.size() == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_found_is_counted_to_the_last_box) {
  auto uut = begin();
  test::value_of(apply<chunk_answer>(uut, two_frames()));
  auto x = status(uut);
  BOOST_TEST(x["frames"] == 2u);
  BOOST_TEST(x["found"] == 5u);
  BOOST_TEST(x["labels"] == 3u);
  BOOST_TEST(x["regions"] == 1u);
  BOOST_TEST(x["left_out"] == 1u);
}

BOOST_AUTO_TEST_CASE(errors_are_answers) {
  auto uut = begin();
  BOOST_TEST((apply<chunk_answer>(uut, box{}).error() == ec::bad_input));
  BOOST_TEST(status(uut)["failed"] == 1u);
  auto refused = ask<document>(uut, configure_atom_v,
                               document{{{"theta_iou", 2}}});
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_config));
  auto spec = test::value_of(ask<function_spec>(uut, describe_atom_v));
  BOOST_TEST(spec.input == "detections");
  BOOST_TEST(spec.output == "chunk_answer");
  BOOST_TEST(spec.parameters.size() == 5u);
  BOOST_TEST(!spec.blocks);
}

BOOST_AUTO_TEST_SUITE_END()
