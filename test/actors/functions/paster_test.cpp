#include "actors/functions/paster.hpp"

#include "runtime/media/keyframes.hpp"
#include "runtime/media/overlay.hpp"
#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

BOOST_FIXTURE_TEST_SUITE(paster_tests, test::functions)

BOOST_AUTO_TEST_CASE(places_of_the_second_round_lie_on_the_first) {
  auto uut = remember(
    sys.spawn(function_of<paster_function>, defaults(paster_function::spec())));
  layers in;
  in.stream = "door";
  in.pictures.push_back(
    {grey(64, 32, 50, 7), grey(64, 32, 200, 7), {{.25f, .25f, .5f, .5f}}});
  auto out = value_of(apply<keyframes>(uut, in));
  BOOST_TEST(out.stream == "door");
  BOOST_TEST_REQUIRE(out.frames.size() == 1u);
  BOOST_TEST(out.frames[0].number() == 7u);
  BOOST_TEST(luma_at(out.frames[0], 20, 10) == 200);
  BOOST_TEST(luma_at(out.frames[0], 5, 5) == 50);
  auto x = status(uut);
  BOOST_TEST(x["pictures"] == 1u);
  BOOST_TEST(x["places"] == 1u);
  in.pictures[0].fine = {};
  BOOST_TEST((apply<keyframes>(uut, in).error() == ec::bad_input));
  BOOST_TEST(status(uut)["failed"] == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
