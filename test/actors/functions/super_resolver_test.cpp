#include "actors/functions/super_resolver.hpp"

#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace vpaas::test;

namespace {

/// A network that doubles the sides.
super_resolver_world doubling() {
  super_resolver_world result;
  result.load
    = [](const document& x) -> caf::expected<super_resolver_world::loaded> {
    if (x.get<std::string>("model") == "none")
      return caf::make_error(ec::model_missing, "no such model");
    return super_resolver_world::loaded{
      "twice@1", [](const keyframes& in) -> caf::expected<std::vector<frame>> {
        std::vector<frame> result;
        for (auto& f : in.frames)
          result.push_back(grey(2 * f.width(), 2 * f.height(), 90, f.number()));
        return result;
      }};
  };
  return result;
}

struct fixture : test::functions {
  batched_function_self begin(super_resolver_world world) {
    auto cfg = super_resolver(
      defaults(super_resolver_spec(), {{"max_delay", "0s"}}), std::move(world));
    return remember(sys.spawn(batched_function, cfg));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(super_resolver_tests, fixture)

BOOST_AUTO_TEST_CASE(keyframes_come_out_larger_under_their_numbers) {
  auto uut = begin(doubling());
  keyframes in;
  in.stream = "door";
  in.frames = {grey(16, 8, 50, 7), grey(16, 8, 50, 22)};
  auto out = value_of(apply<keyframes>(uut, in));
  BOOST_TEST(out.stream == "door");
  BOOST_TEST_REQUIRE(out.frames.size() == 2u);
  BOOST_TEST(out.frames[1].number() == 22u);
  BOOST_TEST(out.frames[1].width() == 32);
  BOOST_TEST((apply<keyframes>(uut, box{}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(without_networks_it_does_not_start) {
  auto uut = begin({});
  run();
  BOOST_TEST(!ask<item>(uut, apply_atom_v, make_item("s", 1, keyframes{})));
}

BOOST_AUTO_TEST_CASE(its_frames_are_billed) {
  BOOST_TEST(super_resolver_spec().billed);
  BOOST_TEST(super_resolver_spec().output == "keyframes");
}

BOOST_AUTO_TEST_SUITE_END()
