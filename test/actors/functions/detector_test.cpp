#include "actors/functions/detector.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

struct fixture : test::test_system {
  bool too_few = false;

  /// Lets what still waits run while the members above are there.
  ~fixture() {
    advance(1s);
  }

  function_actor spawn() {
    detector_world world;
    world.frames = [](const item& x) {
      return x.value.get<detections>() ? 2u : 1u;
    };
    world.load
      = [this](const document& x) -> caf::expected<detector_world::loaded> {
      auto model = x.get<std::string>("model");
      return detector_world::loaded{
        model,
        [this, model](const std::vector<item>& xs)
          -> caf::expected<std::vector<detections>> {
          std::vector<detections> result;
          result.reserve(xs.size());
          for (auto& y : xs)
            result.push_back(
              {model, {}, {}, {{y.seq, {{{0, 0, 1, 1}, 3, .9f, .9f}}}}});
          if (too_few)
            result.pop_back();
          return result;
        }};
    };
    auto parameters = check(detector_spec().parameters, {{"max_batch", 2}},
                            "detector");
    BOOST_REQUIRE(parameters);
    return sys.spawn(batched_function, detector(*parameters, world));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(detector_tests, fixture)

BOOST_AUTO_TEST_CASE(an_item_is_answered_under_its_own_key) {
  auto uut = spawn();
  auto first = self->request(uut, caf::infinite, apply_atom_v,
                             item{"keyframes", "cam-1", 7, {}});
  auto second = self->request(uut, caf::infinite, apply_atom_v,
                              item{"keyframes", "cam-2", 8, {}});
  run();
  for (auto* reply : {&first, &second})
    reply->receive(
      [&](const item& x) {
        BOOST_TEST(x.kind == "detections");
        BOOST_TEST(x.stream == (x.seq == 7 ? "cam-1" : "cam-2"));
        auto found = x.value.get<detections>();
        BOOST_REQUIRE(found);
        BOOST_TEST(found->model == "nanodet-plus-m");
        BOOST_TEST(found->frames[0].frame == x.seq);
        BOOST_TEST(found->frames[0].found[0].label == 3);
      },
      [](const caf::error& x) { BOOST_FAIL(describe(x)); });
}

BOOST_AUTO_TEST_CASE(answers_that_are_too_few_are_an_error) {
  too_few = true;
  auto uut = spawn();
  auto reply = self->request(uut, caf::infinite, apply_atom_v,
                             item{"keyframes", "cam-1", 7, {}});
  run();
  advance(20ms);
  reply.receive([](const item&) { BOOST_FAIL("expected an error"); },
                [](const caf::error& x) { BOOST_TEST((x == ec::inference)); });
}

BOOST_AUTO_TEST_CASE(it_describes_itself) {
  auto reply = self->request(spawn(), caf::infinite, describe_atom_v);
  run();
  reply.receive(
    [](const function_spec& x) {
      BOOST_TEST(x.name == "detector");
      BOOST_TEST(x.output == "detections");
      BOOST_TEST(x.blocks);
    },
    [](const caf::error& x) { BOOST_FAIL(describe(x)); });
}

BOOST_AUTO_TEST_SUITE_END()
