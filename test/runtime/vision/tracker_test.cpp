#include "runtime/vision/tracker.hpp"

#include "runtime/json.hpp"
#include "runtime/metrics/tracking.hpp"
#include "runtime/vision/street.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <set>

using namespace vpaas;

namespace {

constexpr int64_t half_a_second = 500'000;

/// A thing of .1 by .1 whose middle is at x.
observation thing(float x, float score = .9f, const std::string& label = "car",
                  float y = .5f) {
  return {{x - .05f, y - .05f, x + .05f, y + .05f}, score, label, {}};
}

/// Keyframes half a second apart.
struct video {
  explicit video(tracker_config config = {}) : uut(config) {
    // nop
  }

  std::vector<uint64_t> show(std::vector<observation> xs) {
    ++keyframe;
    return uut.update(keyframe * 15, int64_t(keyframe) * half_a_second, xs);
  }

  uint64_t one(const observation& x) {
    return show({x}).front();
  }

  tracker uut;
  uint64_t keyframe = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(tracker_tests)

BOOST_AUTO_TEST_CASE(a_thing_keeps_its_id_without_overlap) {
  video v;
  auto id = v.one(thing(.1f));
  BOOST_TEST(id != no_track);
  for (auto x : {.22f, .34f, .46f, .58f}) // 1.2 of its length each time
    BOOST_TEST(v.one(thing(x)) == id);
}

// The second thing begins at .30 and goes on to .40, as the first did. What
// then stands at .28 is nearer to where it was, and is another one.
BOOST_AUTO_TEST_CASE(what_begins_moves_as_others_did_there) {
  video v;
  auto first = v.one(thing(.2f));
  for (auto x : {.3f, .4f, .5f, .6f})
    BOOST_TEST(v.one(thing(x)) == first);
  auto second = v.show({thing(.7f), thing(.3f)})[1];
  auto next = v.show({thing(.8f), thing(.28f), thing(.4f)});
  BOOST_TEST(next[0] == first);
  BOOST_TEST(next[2] == second);
  BOOST_TEST(next[1] != second);
}

BOOST_AUTO_TEST_CASE(two_that_meet_keep_their_ways) {
  video v;
  auto ids = v.show({thing(.2f), thing(.8f)});
  for (auto x : {.3f, .4f, .5f, .6f, .7f}) // both at .5, then apart again
    BOOST_TEST(
      (v.show({thing(x, .9f, "car", .5f), thing(1 - x, .9f, "car", .52f)})
       == ids));
}

BOOST_AUTO_TEST_CASE(a_poor_score_goes_on_with_a_track_and_begins_none) {
  video v;
  BOOST_TEST(v.one(thing(.1f, .3f)) == no_track);
  auto id = v.one(thing(.1f));
  BOOST_TEST(v.one(thing(.12f, .3f)) == id);
  BOOST_TEST(v.one(thing(.14f, .05f)) == no_track);
}

BOOST_AUTO_TEST_CASE(a_poor_score_finds_no_track_that_was_lost) {
  video v;
  auto id = v.one(thing(.1f));
  v.show({});
  BOOST_TEST(v.one(thing(.1f, .3f)) == no_track);
  BOOST_TEST(v.one(thing(.1f)) == id); // a good one does
}

BOOST_AUTO_TEST_CASE(good_scores_choose_before_poor_ones) {
  video v;
  auto id = v.one(thing(.5f));
  auto ids = v.show({thing(.5f, .3f), thing(.53f)});
  BOOST_TEST(ids[0] == no_track);
  BOOST_TEST(ids[1] == id);
}

BOOST_AUTO_TEST_CASE(a_hidden_thing_comes_back_as_itself) {
  tracker_config cfg;
  video v{cfg};
  auto id = v.one(thing(.1f));
  v.one(thing(.15f));
  v.one(thing(.2f));
  for (int i = 0; i < 4; ++i) // two seconds
    v.show({});
  BOOST_TEST(v.one(thing(.45f)) == id);
  for (int i = 0; i < 13; ++i) // more than cfg.keep
    v.show({});
  BOOST_TEST(v.one(thing(.5f)) != id);
}

BOOST_AUTO_TEST_CASE(a_thing_that_stood_still_is_forgotten_too) {
  video v;
  auto id = v.one(thing(.5f));
  for (int i = 0; i < 4; ++i)
    BOOST_TEST(v.one(thing(.5f)) == id);
  for (int i = 0; i < 13;
       ++i) // more than six seconds, and still in the picture
    v.show({});
  BOOST_TEST(v.uut.memory().tracks.empty());
  BOOST_TEST(v.one(thing(.5f)) != id);
}

BOOST_AUTO_TEST_CASE(what_left_the_picture_does_not_come_back) {
  video v;
  auto id = v.one(thing(.75f));
  v.one(thing(.85f));
  v.one(thing(.95f));
  v.show({});
  BOOST_TEST(v.one(thing(.95f)) != id); // the next one
}

BOOST_AUTO_TEST_CASE(a_part_of_a_thing_is_the_thing) {
  video v;
  auto whole = thing(.5f);
  auto id = v.one(whole);
  auto part = whole;
  part.where.y1 -= .04f; // behind something low
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(v.one(part) == id);
  BOOST_TEST(v.one(whole) == id);
}

BOOST_AUTO_TEST_CASE(a_label_and_a_shape_tell_neighbours_apart) {
  video v;
  auto ids = v.show({thing(.5f, .9f, "car"), thing(.54f, .9f, "van")});
  auto again = v.show({thing(.52f, .9f, "van"), thing(.52f, .9f, "car")});
  BOOST_TEST(again[0] == ids[1]);
  BOOST_TEST(again[1] == ids[0]);
  auto walker = thing(.52f, .9f, "car");
  walker.where = {.51f, .35f, .53f, .65f};
  BOOST_TEST(v.show({walker})[0] != ids[1]);
}

BOOST_AUTO_TEST_CASE(appearance_decides_where_places_do_not) {
  auto with = [](float x, std::vector<float> look) {
    auto y = thing(x);
    y.appearance = std::move(look);
    return y;
  };
  video v;
  auto ids = v.show({with(.50f, {1, 0}), with(.54f, {0, 1})});
  auto again = v.show({with(.52f, {.1f, .995f}), with(.52f, {.995f, .1f})});
  BOOST_TEST(again[0] == ids[1]);
  BOOST_TEST(again[1] == ids[0]);
}

BOOST_AUTO_TEST_CASE(a_restarted_tracker_goes_on_with_its_memory) {
  video v;
  auto id = v.one(thing(.1f));
  v.one(thing(.2f));
  auto memory = from_json<tracker_memory>(to_json_value(v.uut.memory()));
  BOOST_REQUIRE(memory);
  BOOST_TEST((*memory == v.uut.memory()));
  v.uut = tracker{{}, *memory};
  BOOST_TEST(v.one(thing(.3f)) == id);
}

BOOST_AUTO_TEST_CASE(a_tracker_without_memory_gives_no_id_twice) {
  std::set<uint64_t> ids;
  video v;
  for (int i = 0; i < 4; ++i) {
    v.uut = tracker{};
    for (auto id : v.show({thing(.2f), thing(.8f)}))
      BOOST_TEST(ids.insert(id).second);
  }
}

BOOST_AUTO_TEST_CASE(boxes_that_are_none_do_no_harm) {
  auto nan = std::numeric_limits<float>::quiet_NaN();
  video v;
  auto id = v.one(thing(.5f));
  v.show({{{nan, 0, 1, nan}, .9f, "car", {}},
          {{.9f, .9f, .1f, .1f}, .9f, "car", {}},
          {{-1e30f, 0, 1e30f, 1}, .9f, "car", {}}});
  BOOST_TEST(v.one(thing(.5f)) == id);
}

BOOST_AUTO_TEST_CASE(time_that_goes_back_begins_new_tracks) {
  tracker uut;
  auto before = uut.update(15, 100'000'000, {thing(.5f)});
  auto after = uut.update(30, 500'000, {thing(.5f)});
  BOOST_TEST(after[0] != before[0]);
  BOOST_TEST(uut.memory().tracks.size() == 1u);
  BOOST_TEST(uut.update(45, 1'000'000, {thing(.52f)})[0] == after[0]);
}

// Perfect boxes: what is lost here is lost by the tracker.
BOOST_AUTO_TEST_CASE(identities_of_the_street_are_kept) {
  for (uint64_t seed = 1; seed <= 2; ++seed) {
    street_config cfg;
    cfg.seed = seed;
    cfg.seconds = 30;
    street scene{cfg};
    auto names = street::labels();
    tracker uut;
    tracking_meter meter;
    for (uint64_t frame = 0; frame < cfg.frames(); frame += 15) {
      auto truth = scene.truth(frame);
      std::vector<observation> seen;
      std::vector<identified_box> there, found;
      for (auto& x : truth.objects) {
        seen.push_back({x.where, .9f, names[size_t(x.label)], {}});
        there.push_back({x.where, x.identity, false});
      }
      auto ids = uut.update(frame, int64_t(frame) * 1'000'000 / 30, seen);
      for (size_t i = 0; i < ids.size(); ++i)
        found.push_back({seen[i].where, ids[i], false});
      meter.add(there, found);
    }
    auto x = meter.report();
    BOOST_TEST(x.mota > .98);
    BOOST_TEST(x.idf1 > .97);
  }
}

BOOST_AUTO_TEST_SUITE_END()
