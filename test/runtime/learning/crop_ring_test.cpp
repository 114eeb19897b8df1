#include "runtime/learning/crop_ring.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

kept_crop crop(const std::string& stream, uint64_t frame, float angle,
               const std::string& said = "car") {
  kept_crop result;
  result.id = crop_id("fog-1", stream, frame, 0);
  result.stream = stream;
  result.frame = frame;
  result.captured = caf::timestamp{std::chrono::seconds(1000 + frame)};
  result.said = said;
  float features[] = {std::cos(angle), std::sin(angle)};
  result.features = packed_floats(features, 2);
  result.jpeg = blob{blob::buffer(700)};
  return result;
}

struct fixture {
  bool offer(kept_crop x) {
    auto wanted = ring.wants(x);
    if (wanted)
      ring.add(std::move(x));
    return wanted;
  }

  crop_ring ring{{5000}}; // four crops
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(crop_ring_tests, fixture)

BOOST_AUTO_TEST_CASE(a_thing_that_stays_in_view_is_kept_now_and_then) {
  BOOST_TEST(offer(crop("door", 0, 0)));
  BOOST_TEST(!offer(crop("door", 1, .01f)));
  BOOST_TEST(offer(crop("door", 2, 1)));
  BOOST_TEST(offer(crop("yard", 2, 0)));
  BOOST_TEST(offer(crop("door", 5, 0)));
  BOOST_TEST(!offer(crop("door", 5, 2))); // the same once more
  BOOST_TEST(ring.counts().offered == 6u);
  BOOST_TEST(ring.counts().kept == 4u);
  BOOST_TEST(ring.counts().alike == 2u);
}

BOOST_AUTO_TEST_CASE(a_busy_camera_takes_no_room_from_a_quiet_one) {
  offer(crop("yard", 0, 0));
  for (uint64_t i = 0; i < 50; ++i)
    offer(crop("door", 10 * i, float(i)));
  BOOST_TEST(ring.bytes() <= 5000u);
  BOOST_TEST(ring.size() == 4u);
  BOOST_TEST(ring.find("fog-1:yard:0:0") != nullptr);
  BOOST_TEST(ring.find("fog-1:door:0:0") == nullptr);
  BOOST_TEST(ring.find("fog-1:door:490:0") != nullptr);
  BOOST_TEST(ring.counts().kept == ring.counts().evicted + ring.size());
}

BOOST_AUTO_TEST_CASE(nor_a_frequent_name_from_a_rare_one) {
  offer(crop("door", 0, 0, "truck"));
  for (uint64_t i = 1; i < 50; ++i)
    offer(crop("door", 10 * i, float(i)));
  BOOST_TEST(ring.find("fog-1:door:0:0") != nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_new_is_read_page_by_page) {
  for (uint64_t i = 0; i < 3; ++i)
    offer(crop("door", 10 * i, float(i)));
  uint64_t at = 0;
  BOOST_TEST(ring.after(at, 2).size() == 2u);
  auto rest = ring.after(at, 2);
  BOOST_REQUIRE(rest.size() == 1u);
  BOOST_TEST(rest[0]->frame == 20u);
  BOOST_TEST(ring.after(at, 2).empty());
}

BOOST_AUTO_TEST_CASE(a_crop_too_large_for_the_ring_is_gone_at_once) {
  auto huge = crop("door", 0, 0);
  huge.jpeg = blob{blob::buffer(9000)};
  BOOST_TEST(offer(huge));
  BOOST_TEST(ring.size() == 0u);
  BOOST_TEST(ring.bytes() == 0u);
  BOOST_TEST(offer(crop("door", 1, 0)));
}

BOOST_AUTO_TEST_SUITE_END()
