#include "runtime/learning/crop_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

const caf::timestamp start{std::chrono::seconds(1'700'000'000)};

kept_crop crop(const std::string& stream, uint64_t frame, float angle,
               float score = .5f) {
  kept_crop result;
  result.id = crop_id("fog-1", stream, frame, 0);
  result.stream = stream;
  result.captured = start;
  result.score = score;
  float features[] = {std::cos(angle), std::sin(angle)};
  result.features = packed_floats(features, 2);
  return result;
}

bool any(const kept_crop&) {
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(crop_pool_tests)

BOOST_AUTO_TEST_CASE(those_that_are_asked_for_are_ranked_with_look_alikes) {
  crop_pool uut;
  uut.add(crop("door", 1, 0), start);
  uut.add(crop("door", 2, .1f), start);
  uut.add(crop("yard", 3, 1.5f), start);
  auto found = uut.rank(any, {}, 10, start);
  BOOST_REQUIRE(found.size() == 3u);
  auto door = [](const kept_crop& x) { return x.stream == "door"; };
  found = uut.rank(door, {}, 1, start);
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].alike.size() == 1u); // of the door alone
  uut.remove(found[0].crop->id);
  BOOST_TEST(uut.rank(door, {}, 9, start).size() == 1u);
  uut.remove("unknown");
  BOOST_TEST(uut.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_sample_is_spread_over_all) {
  crop_pool uut;
  BOOST_TEST(uut.sample(5).empty());
  for (uint64_t i = 0; i < 100; ++i)
    uut.add(crop("door", i, 0), start);
  auto found = uut.sample(10);
  BOOST_REQUIRE(found.size() >= 5u);
  BOOST_TEST(found.size() <= 10u);
  BOOST_TEST(found.back()->id > "fog-1:door:5");
  BOOST_TEST(uut.sample(1000).size() == 100u);
}

BOOST_AUTO_TEST_CASE(the_oldest_make_room) {
  crop_pool uut{2};
  for (uint64_t i = 0; i < 5; ++i)
    uut.add(crop("door", i, float(i)), start);
  uut.add(crop("door", 4, 0), start); // the same again
  BOOST_TEST(uut.size() == 2u);
  BOOST_TEST(uut.find("fog-1:door:4:0") != nullptr);
  BOOST_TEST(uut.find("fog-1:door:0:0") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_camera_that_looks_otherwise_comes_first) {
  crop_pool uut;
  auto score = [](uint64_t i) { return .75f + .01f * float(i % 3); };
  uint64_t frame = 0, moved = 0;
  for (; frame < 1500; ++frame)
    moved += uut.add(crop("door", frame, 0, score(frame)), start);
  BOOST_TEST(moved == 0u);
  for (; frame < 1800; ++frame)
    moved += uut.add(crop("door", frame, 0, score(frame) - .1f), start);
  BOOST_TEST(moved == 1u);
  uut.add(crop("door", 9000, 1.5f, .7f), start);
  uut.add(crop("yard", 9001, 1.5f, .7f), start);
  auto alone = [](const kept_crop& x) {
    return x.id == "fog-1:door:9000:0" || x.id == "fog-1:yard:9001:0";
  };
  BOOST_TEST(uut.rank(alone, {}, 1, start)[0].crop->stream == "door");
  // An hour later both count as much; the first by id comes first.
  BOOST_TEST(uut.rank(alone, {}, 2, start + 2h).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
