#include "actors/functions/trigger.hpp"

#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// 40 x 20 pixels of grey 100, the first `changed` of them of another.
frame shot(uint64_t number, int changed, int level = 200) {
  auto base = grey(40, 20, 100, number);
  std::vector<uint8_t> y(800, 100);
  std::fill(y.begin(), y.begin() + changed, uint8_t(level));
  auto u = base.component(1), v = base.component(2);
  return value_of(
    frame::copy({plane{y.data(), 40, 40, 20}, u, v}, base.info()));
}

struct fixture : functions {
  ~fixture() {
    end_all();
  }

  /// Whether it is to be sent.
  bool triggers(const frame& x, json options = json::object()) {
    keyframes in;
    in.stream = "s";
    in.frames = {x};
    auto out = value_of(ask<item>(uut, apply_atom_v, make_item("s", 1, in),
                                  document{std::move(options)}));
    auto& one = out.value.get<chunk_answer>()->frames.at(0);
    BOOST_TEST(one.frame == x.number());
    BOOST_TEST(one.labels.empty());
    if (one.regions.size() == 1)
      BOOST_TEST((one.regions[0].where == box{0, 0, 1, 1}));
    return !one.regions.empty();
  }

  function_actor uut
    = remember(sys.spawn(function_of<trigger_function>,
                         defaults(trigger_function::spec(), {{"k", 10}})));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trigger_tests, fixture)

// 800 pixels, k = 10: more than 80 have to change.
BOOST_AUTO_TEST_CASE(more_than_one_of_k_pixels_has_to_change) {
  BOOST_TEST(triggers(shot(0, 0))); // there is nothing to compare with
  BOOST_TEST(!triggers(shot(15, 80)));
  BOOST_TEST(triggers(shot(30, 81)));
  BOOST_TEST(status(uut)["triggered"] == 2u);
  BOOST_TEST(status(uut)["changed"] == 81u);
}

BOOST_AUTO_TEST_CASE(a_pixel_counts_above_35_levels) {
  BOOST_TEST(triggers(shot(0, 0)));
  BOOST_TEST(!triggers(shot(15, 800, 135)));
  BOOST_TEST(triggers(shot(30, 800, 136)));
}

// Slow change adds up: each step changes 60 pixels more than the one before.
BOOST_AUTO_TEST_CASE(it_compares_with_the_last_one_sent_not_the_last_one) {
  BOOST_TEST(triggers(shot(0, 0)));
  BOOST_TEST(!triggers(shot(15, 60)));
  BOOST_TEST(triggers(shot(30, 120)));
  BOOST_TEST(!triggers(shot(45, 180))); // 60 from the one at 30
  BOOST_TEST(triggers(shot(60, 240)));
}

BOOST_AUTO_TEST_CASE(k_may_come_with_a_keyframe) {
  BOOST_TEST(triggers(shot(0, 0)));
  BOOST_TEST(!triggers(shot(15, 399), {{"k", 2}}));
  BOOST_TEST(triggers(shot(30, 401), {{"k", 2}}));
  BOOST_TEST(!triggers(shot(45, 0, 0), {{"k", 1}})); // half of it changed
}

BOOST_AUTO_TEST_SUITE_END()
