#include "runtime/evaluation/frame_enlarger.hpp"

#include "runtime/nn/zoo.hpp"
#include "support/expect.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace vpaas;
using namespace vpaas::test;

BOOST_AUTO_TEST_SUITE(frame_enlarger_tests)

BOOST_AUTO_TEST_CASE(a_picture_doubles_its_sides_and_keeps_its_brightness) {
  auto model = default_zoo().locate("carn_m");
  if (!model) {
    BOOST_TEST_MESSAGE("skipped: " << why(model));
    return;
  }
  auto uut = frame_enlarger::load(*model, {});
  BOOST_TEST_REQUIRE(why(uut) == "");
  for (auto width : {48, 64}) { // of another size the second time
    auto x = uut->enlarge(grey(width, 32, 120, 7));
    BOOST_TEST_REQUIRE(why(x) == "");
    BOOST_TEST(x->width() == 2 * width);
    BOOST_TEST(x->height() == 64);
    BOOST_TEST(x->number() == 7u);
    BOOST_TEST(std::abs(luma_at(*x, width, 32) - 120) <= 3);
  }
  BOOST_TEST((uut->enlarge({}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(another_task_is_refused) {
  located_model model;
  model.card.name = "mobilenet_v2";
  model.card.task = model_task::embed;
  auto uut = frame_enlarger::load(model, {});
  BOOST_REQUIRE(!uut);
  BOOST_TEST((uut.error() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
