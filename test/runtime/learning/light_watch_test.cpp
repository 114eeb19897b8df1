#include "runtime/learning/light_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

constexpr float usual = 120;

struct fixture {
  light_watch uut;

  void see(float light, int pictures) {
    for (int i = 0; i < pictures; ++i)
      uut.add(light, usual);
  }

  void judge(bool as_used, bool as_tried, int crops) {
    for (int i = 0; i < crops; ++i)
      uut.judge(as_used, as_tried);
  }

  bool on_trial() const {
    return uut.tried() != uut.gain();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(light_watch_tests, fixture)

BOOST_AUTO_TEST_CASE(in_the_usual_light_nothing_is_tried) {
  std::minstd_rand random{1};
  for (int i = 0; i < 10000; ++i) {
    see(usual * (.9f + .2f * float(random() % 1000) / 1000), 1);
    BOOST_REQUIRE(!on_trial());
  }
  BOOST_TEST(uut.gain() == 1.f);
}

BOOST_AUTO_TEST_CASE(a_lorry_before_the_lens_changes_nothing) {
  see(120, 10);
  see(40, 3);
  BOOST_TEST(!on_trial());
  see(120, 10);
  BOOST_TEST(!on_trial());
}

BOOST_AUTO_TEST_CASE(at_dusk_pictures_are_brightened_once_heads_are_surer) {
  see(120, 10);
  see(60, 4);
  BOOST_TEST(uut.tried() == 2.f);
  BOOST_TEST(uut.gain() == 1.f);
  judge(true, true, 100); // both are sure: no proof
  judge(false, false, 100);
  BOOST_TEST(uut.gain() == 1.f);
  judge(false, true, 9);
  BOOST_TEST(uut.gain() == 1.f);
  judge(false, true, 1);
  BOOST_TEST(uut.gain() == 2.f);
  BOOST_TEST(!on_trial());
}

BOOST_AUTO_TEST_CASE(a_factor_of_which_heads_are_less_sure_is_not_used) {
  see(60, 7); // a dark street in bright light
  judge(true, false, 10);
  BOOST_TEST(uut.gain() == 1.f);
  see(62, 100);
  BOOST_TEST(!on_trial()); // it failed
  see(30, 7);
  BOOST_TEST(uut.tried() == 4.f); // that is another one
}

BOOST_AUTO_TEST_CASE(a_trial_without_a_lead_ends_and_changes_nothing) {
  see(60, 7);
  for (int i = 0; i < 500; ++i) {
    judge(true, false, 1);
    judge(false, true, 1);
  }
  BOOST_TEST(!on_trial());
  BOOST_TEST(uut.gain() == 1.f);
}

BOOST_AUTO_TEST_CASE(when_the_light_is_back_so_are_the_pictures) {
  see(60, 7);
  judge(false, true, 10);
  BOOST_REQUIRE(uut.gain() == 2.f);
  see(120, 7);
  BOOST_TEST(uut.gain() == 1.f);
  see(60, 7);
  BOOST_TEST(on_trial()); // as the first time
}

BOOST_AUTO_TEST_CASE(a_slow_dusk_is_followed_in_steps) {
  for (float light = 120; light > 40; light -= .5f) {
    see(light, 7);
    if (on_trial())
      judge(false, true, 10);
    auto left = usual / light / uut.gain();
    BOOST_REQUIRE(left < 1.16f);
    BOOST_REQUIRE(left > .86f);
  }
  BOOST_TEST(uut.gain() > 2.5f);
}

BOOST_AUTO_TEST_CASE(a_black_picture_and_an_unknown_light_change_nothing) {
  see(0, 20);
  BOOST_TEST(!on_trial());
  for (int i = 0; i < 20; ++i)
    uut.add(60, 0);
  BOOST_TEST(!on_trial());
  BOOST_TEST(uut.gain() == 1.f);
}

BOOST_AUTO_TEST_SUITE_END()
