#include "actors/functions/box_follower.hpp"

#include "support/functions.hpp"
#include "support/grey.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace vpaas;
using namespace vpaas::test;

namespace tt = boost::test_tools;

namespace {

constexpr int width = 320, height = 192;

/// A patch of 80 x 64 with a pattern, its corner at (`x`, `y`), on grey.
frame shot(uint64_t number, int x, int y) {
  auto base = grey(width, height, 100, number);
  std::vector<uint8_t> luma(size_t(width) * size_t(height), 100);
  for (int i = 0; i < 64; ++i)
    for (int k = 0; k < 80; ++k)
      if (k + x >= 0 && k + x < width && i + y >= 0 && i + y < height)
        luma[size_t(i + y) * size_t(width) + size_t(k + x)]
          = uint8_t(128 + 50 * std::sin(k / 5.) * std::cos(i / 6.)
                    + 30 * std::sin(k * i / 300.));
  return value_of(frame::copy({plane{luma.data(), width, width, height},
                               base.component(1), base.component(2)},
                              base.info()));
}

box around(int x, int y) {
  return {float(x) / width, float(y) / height, float(x + 80) / width,
          float(y + 64) / height};
}

struct fixture : functions {
  ~fixture() {
    end_all();
  }

  std::vector<detection> found(const frame& x) {
    answered_frame in;
    in.picture = x;
    auto out = value_of(apply<detections>(uut, in));
    names = out.labels;
    BOOST_TEST(out.frames.at(0).frame == x.number());
    BOOST_TEST(out.thresholds.theta_cls == 0);
    return out.frames[0].found;
  }

  void answer(const frame& x, std::vector<detection> labels) {
    answered_frame in;
    in.picture = x;
    in.answered = true;
    in.labels = std::move(labels);
    in.names = {"bus", "car"};
    BOOST_TEST(value_of(apply<detections>(uut, in)).frames.at(0).found.empty());
  }

  std::vector<std::string> names;
  function_actor uut
    = remember(sys.spawn(function_of<box_follower_function>, document{}));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(box_follower_tests, fixture)

BOOST_AUTO_TEST_CASE(boxes_move_with_their_pictures_and_keep_their_names) {
  BOOST_TEST(found(shot(0, 60, 50)).empty()); // nothing was found yet
  answer(shot(15, 60, 50), {{around(60, 50), 1, .3f, .3f}});
  for (int step = 1; step <= 3; ++step) {
    auto x = found(shot(15 + 15 * uint64_t(step), 60 + 12 * step, 50));
    BOOST_TEST_REQUIRE(x.size() == 1u);
    auto wanted = around(60 + 12 * step, 50);
    BOOST_TEST(x[0].where.x0 == wanted.x0, tt::tolerance(.03f));
    BOOST_TEST(x[0].where.y1 == wanted.y1, tt::tolerance(.03f));
    BOOST_TEST(names.at(size_t(x[0].label)) == "car");
    BOOST_TEST(x[0].score == .3f);
  }
  answer(shot(75, 0, 0), {});
  BOOST_TEST(found(shot(90, 0, 0)).empty()); // the cloud found nothing
}

BOOST_AUTO_TEST_CASE(what_leaves_the_picture_is_left_and_what_is_flat_stays) {
  answer(shot(0, 268, 50),
         {{around(268, 50), 0, .9f, .9f}, {{.1f, .1f, .2f, .3f}, 1, .9f, .9f}});
  BOOST_TEST(found(shot(15, 276, 50)).size() == 2u);
  auto x = found(shot(30, 284, 50)); // its middle is outside
  BOOST_TEST_REQUIRE(x.size() == 1u);
  BOOST_TEST((x[0].where == box{.1f, .1f, .2f, .3f}));
  auto y = status(uut);
  BOOST_TEST(y["left"] == 1u);
  BOOST_TEST(y["stayed"] >= 2u);
  BOOST_TEST(y["followed"] == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
