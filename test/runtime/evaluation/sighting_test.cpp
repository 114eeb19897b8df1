#include "runtime/evaluation/sighting.hpp"

#include "runtime/error.hpp"
#include "runtime/nn/zoo.hpp"
#include "support/clips.hpp"
#include "support/compare.hpp"
#include "support/expect.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

constexpr box where{.25f, .25f, .5f, .75f};

} // namespace

BOOST_AUTO_TEST_SUITE(sighting_tests)

BOOST_AUTO_TEST_CASE(boxes_below_the_threshold_are_not_sure) {
  auto xs = sure({{where, 1, .5f, 0}, {where, 2, .4f, 0}}, .5f);
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].label == 1);
}

// The boxes that runtime/nn/frames_test.cpp has from plain PyTorch, here from
// video: decoded, converted and resized by our own code. Its resizing works on
// Y, U and V, so colours at edges differ a little.
BOOST_AUTO_TEST_CASE(a_detector_looks_at_video_as_at_pictures) {
  auto model = default_zoo().locate("nanodet-plus-m");
  auto path = test::shared_clip("cars-swdee.mp4");
  if (!model || path.empty()) {
    BOOST_TEST_MESSAGE("skipped: " << test::why(model));
    return;
  }
  source_config from;
  from.url = path;
  auto clip = test::value_of(record(from, 45));
  auto detector = std::make_shared<frame_detector>(
    test::value_of(frame_detector::load(*model, {})));
  auto judge = model_teacher(detector, .6f);
  auto seen = test::value_of(look(clip, {30, 0, 1}, {}, *detector, &judge));
  BOOST_REQUIRE(seen.frames.size() == 2u);
  BOOST_TEST(seen.frames[1].frame == 30u);
  BOOST_TEST(seen.bytes == 0u);
  BOOST_TEST(seen.ms.size() == 2u);
  std::vector<detection> wanted{
    {{0.4597f, 0.6966f, 0.6393f, 0.9591f}, 2, 0.7546f, 0},
    {{0.3850f, 0.4694f, 0.5354f, 0.6824f}, 2, 0.7445f, 0},
    {{0.7081f, 0.5458f, 0.8801f, 0.7875f}, 2, 0.7325f, 0},
    {{0.2809f, 0.2930f, 0.3965f, 0.4638f}, 2, 0.6410f, 0},
    {{0.1630f, 0.2503f, 0.2314f, 0.3346f}, 2, 0.6390f, 0},
    {{0.3428f, 0.3825f, 0.4611f, 0.5688f}, 2, 0.6339f, 0}};
  BOOST_TEST(test::missing(wanted, seen.frames[1].found, .02f) == 0u);
  BOOST_TEST(judge.name == "nanodet-plus-m");
  BOOST_TEST(seen.frames[1].objects.size()
             == sure(seen.frames[1].found, .6f).size());
  auto copy = test::value_of(
    look(clip, {30, 0, 1}, encoder_config{}, *detector, &judge));
  BOOST_TEST(copy.bytes > 0u);
  BOOST_TEST(copy.bytes < original_bytes(clip, {30, 0, 1}) / 4);
  // The judge looked at the original.
  BOOST_TEST(copy.frames[1].objects.size() == seen.frames[1].objects.size());
  // Poor, but the largest cars are where they were, in the frame's coordinates.
  for (size_t i = 0; i < 3; ++i)
    BOOST_TEST(test::missing({wanted[i]}, copy.frames[1].found, .15f) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
