#include "actors/fog/stored_segment.hpp"

#include "support/expect.hpp"
#include "support/value_of.hpp"
#include "support/yesterday.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::value_of;

namespace {

/// What yesterday's version left.
struct fixture {
  test::temp_dir dir;
  std::unique_ptr<spool> uut
    = value_of(spool::open(test::yesterday(dir, "spool"), spool_formats,
                           {1 << 20, std::chrono::hours(24 * 365 * 100)}));
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(stored_segment_tests, fixture)

BOOST_AUTO_TEST_CASE(yesterdays_segments_are_read_whole) {
  auto parts = value_of(uut->fetch("door", 7));
  BOOST_TEST_REQUIRE(parts.size() == 2u);
  auto x = value_of(read_segment(parts[0]));
  BOOST_TEST(x.stream == "door");
  BOOST_TEST(x.number == 7u);
  BOOST_TEST(x.part == 0u);
  BOOST_TEST(x.first_frame == 700u);
  BOOST_TEST(x.discontinuity);
  BOOST_TEST(x.live);
  BOOST_TEST(!x.last);
  codec_parameters codec;
  codec.codec = "h264";
  codec.width = 640;
  codec.height = 360;
  codec.pixel_format = "yuv420p";
  codec.rotation = 90;
  codec.matrix = 6;
  codec.range = 1;
  codec.fps = 29.97;
  codec.extradata = blob{{0, 0, 0, 1, 0x67, 0x42}};
  BOOST_TEST((x.codec == codec));
  auto second = [](int64_t s) {
    return caf::timestamp{std::chrono::seconds{1'795'000'000 + s}};
  };
  std::vector<packet> packets{{20, true, false, -80'000, 0, second(70)},
                              {21, false, false, -40'000, 40'000, second(71)},
                              {22, false, false, 0, no_time, second(72)}};
  BOOST_TEST((x.packets == packets));
  BOOST_TEST((x.bytes == blob{blob::buffer(63, 0x70)}));
  auto y = value_of(read_segment(parts[1]));
  BOOST_TEST(y.part == 1u);
  BOOST_TEST((y.codec == codec_parameters{}));
  BOOST_TEST(value_of(read_segment(value_of(uut->fetch("door", 9))[0])).last);
}

BOOST_AUTO_TEST_CASE(yesterdays_positions_are_read) {
  spool_position x{"camera of door", {1009, 0}, 5, 60, 10, 903};
  BOOST_TEST((value_of(read_position(uut->position("door"))) == x));
  spool_position y{"camera of empty", {1004, 0}, 5, 60, 5, 403};
  BOOST_TEST((value_of(read_position(uut->position("empty"))) == y));
}

BOOST_AUTO_TEST_CASE(what_is_kept_has_the_layout_of_its_name) {
  // As long as this name is the last, its bytes do not change.
  BOOST_TEST_REQUIRE(spool_formats.back() == "vpaas-5");
  for (auto number : {7u, 8u, 9u})
    for (const auto& kept : value_of(uut->fetch("door", number)))
      BOOST_TEST(store(value_of(read_segment(kept))) == kept.bytes);
  auto at = uut->position("door");
  BOOST_TEST(store(value_of(read_position(at))) == at.bytes);
}

BOOST_AUTO_TEST_CASE(what_came_later_is_kept_in_the_same_layout) {
  auto x = value_of(read_segment(value_of(uut->fetch("door", 7))[0]));
  x.connected = true;
  x.codec.mirrored = true;
  x.codec.reorder_depth = 3;
  x.packets[1].hidden = true;
  auto y = value_of(read_segment({0, store(x)}));
  BOOST_TEST(y.connected);
  BOOST_TEST(y.discontinuity);
  BOOST_TEST((y.codec == x.codec));
  BOOST_TEST((y.packets == x.packets));
}

BOOST_AUTO_TEST_CASE(bytes_of_another_layout_are_an_error) {
  auto whole = value_of(uut->fetch("door", 7))[0];
  for (size_t n = 0; n < whole.bytes.size(); ++n)
    BOOST_TEST(
      (read_segment({0, whole.bytes.substr(0, n)}).error() == ec::bad_input));
  BOOST_TEST((read_segment({0, whole.bytes + '\0'}).error() == ec::bad_input));
  BOOST_TEST((read_segment({1, whole.bytes}).error() == ec::bad_input));
  // A list that claims more than there is, and numbers that do not end.
  BOOST_TEST(
    (read_segment({0, std::string(40, '\xFF')}).error() == ec::bad_input));
  BOOST_TEST(
    (read_position({0, std::string(40, '\xFF')}).error() == ec::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()
