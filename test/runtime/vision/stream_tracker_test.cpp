#include "runtime/vision/stream_tracker.hpp"

#include "runtime/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

using ids = std::vector<uint64_t>;

observation thing(float x, float y = .5f) {
  return {{x - .05f, y - .05f, x + .05f, y + .05f}, .9f, "car", {}};
}

struct stream {
  ids show(uint64_t keyframe, const std::vector<observation>& xs) {
    return uut.update(keyframe * 15, int64_t(keyframe) * 500'000, xs);
  }

  stream_tracker uut;
};

} // namespace

BOOST_AUTO_TEST_SUITE(stream_tracker_tests)

BOOST_AUTO_TEST_CASE(a_corrected_frame_keeps_its_ids) {
  stream s;
  auto id = s.show(1, {thing(.1f)})[0];
  s.show(2, {thing(.2f)});
  s.show(3, {thing(.3f)});
  // A little beside what stood in, and in another order.
  auto corrected = s.show(2, {thing(.8f), thing(.21f)});
  BOOST_TEST(corrected[1] == id);
  BOOST_TEST(corrected[0] != id);
  BOOST_TEST(corrected[0] != no_track);
  BOOST_TEST(s.show(4, {thing(.4f)})[0] == id); // the present did not notice
}

BOOST_AUTO_TEST_CASE(an_overlooked_thing_has_one_id_in_all_corrections) {
  stream s;
  for (uint64_t i = 1; i < 5; ++i)
    s.show(i, {thing(.1f * float(i))});
  auto id = s.show(1, {thing(.1f), thing(.5f, .8f)})[1];
  for (uint64_t i = 2; i < 5; ++i)
    BOOST_TEST(s.show(i, {thing(.1f * float(i)), thing(.5f, .8f)})[1] == id);
}

BOOST_AUTO_TEST_CASE(a_gap_is_filled_with_the_id_of_before) {
  stream s;
  auto id = s.show(1, {thing(.1f, .2f), thing(.5f)})[1];
  s.show(2, {thing(.1f, .2f)}); // overlooked
  s.show(3, {thing(.1f, .2f), thing(.5f)});
  BOOST_TEST(s.show(1, {thing(.1f, .2f), thing(.5f)})[1] == id);
  BOOST_TEST(s.show(2, {thing(.1f, .2f), thing(.5f)})[1] == id);
}

BOOST_AUTO_TEST_CASE(no_id_stands_twice_in_a_frame) {
  stream s;
  s.show(1, {thing(.1f), thing(.5f)});
  s.show(2, {thing(.1f), thing(.5f)});
  for (int i = 0; i < 3; ++i) { // corrected again and again
    auto xs = s.show(1, {thing(.1f), thing(.5f), thing(.55f), thing(.9f)});
    std::sort(xs.begin(), xs.end());
    BOOST_TEST((std::unique(xs.begin(), xs.end()) == xs.end()));
  }
}

BOOST_AUTO_TEST_CASE(ids_of_corrections_are_not_those_of_answers) {
  stream s;
  auto first = s.show(1, {thing(.1f)});
  s.show(2, {});
  auto corrected = s.show(1, {thing(.9f)});
  BOOST_TEST(first[0] != corrected[0]);
}

BOOST_AUTO_TEST_CASE(it_goes_on_with_its_memory) {
  stream s;
  auto id = s.show(1, {thing(.1f)})[0];
  s.show(2, {thing(.2f)});
  auto memory = from_json<stream_tracker_memory>(to_json_value(s.uut.memory()));
  BOOST_REQUIRE(memory);
  s.uut = stream_tracker{{}, *memory};
  BOOST_TEST(s.show(3, {thing(.3f)})[0] == id);
  BOOST_TEST(s.show(1, {thing(.1f)})[0] == id);
}

BOOST_AUTO_TEST_CASE(it_goes_on_with_what_another_one_said) {
  stream before, after;
  auto id = before.show(1, {thing(.1f)})[0];
  after.uut.recall(15, 500'000, {thing(.1f)}, {id});
  for (uint64_t i = 2; i < 4; ++i) {
    auto x = .1f * float(i);
    after.uut.recall(15 * i, int64_t(i) * 500'000, {thing(x)},
                     before.show(i, {thing(x)}));
  }
  // It knows how fast the thing was, and what stood where.
  BOOST_TEST(after.show(4, {thing(.4f)})[0] == id);
  BOOST_TEST(after.show(2, {thing(.2f)})[0] == id);
  BOOST_TEST(after.show(8, {thing(.8f)})[0] == id);
}

BOOST_AUTO_TEST_SUITE_END()
