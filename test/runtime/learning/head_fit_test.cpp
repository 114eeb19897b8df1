#include "runtime/learning/head_fit.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

/// Sixteen frames of one source, ten regions each, of which every fifth shows a
/// car that the cloud missed. Features and scores say so where asked to.
struct street {
  head_lessons lessons;

  street(bool features_tell, bool scores_tell) {
    lessons.classes = {"car"};
    lessons.dimensions = 4;
    std::minstd_rand random{5};
    std::uniform_real_distribution<float> noise{0, 1};
    for (uint32_t f = 0; f < 16; ++f) {
      lessons.frames.push_back({0, {10, 2, 2}});
      for (int i = 0; i < 10; ++i) {
        auto car = i % 5 == 0;
        hinted_region x{{{.1f, .1f, .2f, .2f}, noise(random), 0, 0}, "car"};
        x.place.hint_score = scores_tell && car ? .35f
                                                : .2f + .1f * noise(random);
        lessons.lessons.push_back({x, car ? 0 : -1, f, true});
        lessons.features.push_back(features_tell && car ? 2 : 0);
        for (int k = 0; k < 3; ++k)
          lessons.features.push_back(noise(random));
      }
    }
  }

  /// Share of the regions that the heads name as the teacher did.
  double agreement(const one_vs_all& heads) const {
    std::vector<hinted_region> places;
    for (auto& x : lessons.lessons)
      places.push_back(x.place);
    auto rows = head_rows(heads, lessons.features, places);
    size_t same = 0;
    for (size_t i = 0; i < places.size(); ++i)
      same += heads.name(rows.data() + i * heads.width()).label
              == lessons.lessons[i].truth;
    return double(same) / double(places.size());
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(head_fit_tests)

BOOST_AUTO_TEST_CASE(what_tells_the_classes_apart_is_chosen) {
  street by_look{true, false};
  auto fit = fit_heads(by_look.lessons);
  BOOST_TEST((fit.chosen.inputs != head_inputs::clues));
  BOOST_TEST(by_look.agreement(fit.heads) > .98);
  BOOST_TEST(fit.chosen.strength == 3); // where both penalties do
  BOOST_TEST(fit.f1_cloud == 20. / 24);
  BOOST_TEST(fit.f1_perfect == 24. / 26);
  BOOST_TEST(fit.chosen.f1 > .91);
  BOOST_TEST(fit.regions == 160u);
  BOOST_TEST(fit.positives[0] == 32u);
  BOOST_TEST(!fit.heads.validate());
  street by_score{false, true};
  fit = fit_heads(by_score.lessons);
  BOOST_TEST((fit.chosen.inputs != head_inputs::features));
  BOOST_TEST(by_score.agreement(fit.heads) > .99);
  BOOST_TEST(fit.trials.size() == 6u);
}

BOOST_AUTO_TEST_CASE(noise_switches_a_class_off) {
  street nothing{false, false};
  auto fit = fit_heads(nothing.lessons);
  BOOST_TEST(fit.heads.thresholds[0] == 2);
  BOOST_TEST(fit.chosen.f1 == fit.f1_cloud);
}

BOOST_AUTO_TEST_CASE(few_positives_say_nothing) {
  street uut{true, false};
  head_fit_config cfg;
  cfg.min_positives = 33;
  BOOST_TEST(fit_heads(uut.lessons, cfg).heads.thresholds[0] == 2);
}

BOOST_AUTO_TEST_CASE(the_same_lessons_give_the_same_heads) {
  street uut{true, true};
  BOOST_TEST((fit_heads(uut.lessons).heads == fit_heads(uut.lessons).heads));
}

BOOST_AUTO_TEST_CASE(crops_that_are_no_regions_are_used_where_they_help) {
  street uut{true, false};
  // Wrong on purpose: as lessons they would spoil the heads.
  for (size_t i = 0; i < 160; ++i) {
    auto x = uut.lessons.lessons[i];
    x.truth = x.truth == 0 ? -1 : 0;
    x.region = false;
    uut.lessons.lessons.push_back(x);
    for (size_t k = 0; k < 4; ++k)
      uut.lessons.features.push_back(uut.lessons.features[4 * i + k]);
  }
  auto fit = fit_heads(uut.lessons);
  BOOST_TEST(fit.trials.size() == 7u);
  BOOST_TEST(fit.trials.back().extra);
  BOOST_TEST(!fit.chosen.extra);
}

BOOST_AUTO_TEST_CASE(without_regions_heads_are_fitted_on_the_other_crops) {
  street uut{true, false};
  for (auto& x : uut.lessons.lessons)
    x.region = false;
  auto fit = fit_heads(uut.lessons);
  BOOST_TEST(fit.regions == 0u);
  BOOST_TEST((fit.heads.inputs == head_inputs::features));
  BOOST_TEST(fit.heads.thresholds[0] == .5f);
  BOOST_TEST(uut.agreement(fit.heads) > .99);
}

BOOST_AUTO_TEST_SUITE_END()
