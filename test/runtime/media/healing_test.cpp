// One damaged picture, and where the stream says that it is forgotten: what
// ffmpeg shows again as it was is marked no longer.

#include "runtime/media/healing.hpp"

#include "support/clips.hpp"
#include "support/reference.hpp"
#include "support/streams.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <set>

using namespace vpaas;

namespace {

using numbers = std::set<uint64_t>;

/// Frames that ffmpeg shows with other pixels than those of the whole file.
numbers differing(const std::string& whole, const std::string& damaged) {
  auto xs = test::reference_frames(whole);
  auto ys = test::reference_frames(damaged);
  BOOST_REQUIRE(xs.size() == ys.size());
  numbers result;
  for (size_t i = 0; i < xs.size(); ++i)
    if (xs[i].sum != ys[i].sum)
      result.insert(i);
  return result;
}

/// Frames that are marked as damaged.
numbers marked(const std::string& path) {
  decoder uut{{1, 1, false}};
  numbers result;
  auto take = [&](const decoded& x) {
    BOOST_TEST(x.lost.empty());
    for (auto& f : x.frames)
      if (f.info().damaged)
        result.insert(f.number());
  };
  for (auto& x : test::segments_of(path))
    take(uut.decode(x));
  take(uut.finish());
  return result;
}

/// All that differ are marked, and nothing once the last of them is over.
/// @param early pictures that are shown before the damaged one and predicted
///        from it: ffmpeg says what it did not understand of a picture when
///        that one comes out
void check(const std::string& name, const std::string& whole, size_t packet,
           size_t early) {
  auto path = test::damaged(name, whole, {packet});
  auto wrong = differing(whole, path);
  auto said = marked(path);
  numbers missed;
  std::set_difference(wrong.begin(), wrong.end(), said.begin(), said.end(),
                      std::inserter(missed, missed.end()));
  BOOST_TEST_CONTEXT(name) {
    BOOST_REQUIRE(!wrong.empty());
    BOOST_REQUIRE(!said.empty());
    BOOST_TEST(missed.size() == early);
    BOOST_TEST((missed.empty() || *missed.rbegin() < *said.begin()));
    BOOST_TEST(*said.begin() == *wrong.begin() + early);
    BOOST_TEST(*said.rbegin() == *wrong.rbegin());
  }
}

packet_facts start(bool recovered = true) {
  packet_facts result;
  result.start = true;
  result.recovered = recovered;
  return result;
}

packet_facts recovered() {
  packet_facts result;
  result.recovered = true;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(healing_tests)

BOOST_AUTO_TEST_CASE(an_intra_picture_heals_in_order_of_display) {
  // Decoded I0 P1 I2 B3, shown I0 P1 B3 I2: B3 is predicted from P1, too.
  healing uut;
  uut.feed(0, start());
  uut.feed(1, {});
  uut.feed(2, start());
  uut.feed(3, {});
  uut.damage(1);
  BOOST_TEST(uut.whole(0));
  BOOST_TEST(!uut.whole(1));
  BOOST_TEST(!uut.whole(3));
  BOOST_TEST(uut.whole(2));
  BOOST_TEST(uut.whole(4));
}

BOOST_AUTO_TEST_CASE(a_gradual_refresh_heals_at_its_end) {
  healing uut;
  uut.feed(0, start());
  uut.damage(0);
  uut.feed(1, start(false));
  for (int64_t id : {2, 3})
    uut.feed(id, {});
  uut.feed(4, recovered());
  for (int64_t id : {1, 2, 3})
    BOOST_TEST(!uut.whole(id));
  BOOST_TEST(uut.whole(4));
}

BOOST_AUTO_TEST_CASE(damage_within_a_refresh_outlives_it) {
  healing uut;
  uut.feed(0, start());
  uut.feed(1, start(false));
  uut.feed(2, {});
  uut.damage(2);
  uut.feed(3, recovered());
  BOOST_TEST(uut.whole(1));
  BOOST_TEST(!uut.whole(3));
  uut.feed(4, start(false));
  uut.feed(5, recovered());
  BOOST_TEST(!uut.whole(4));
  BOOST_TEST(uut.whole(5));
}

BOOST_AUTO_TEST_CASE(open_groups_forget_a_damaged_picture) {
  auto open = test::plain("h_open.mkv", "320x180",
                          "-bf 3 -x264-params open-gop=1:keyint=30:min-keyint="
                          "30:scenecut=0",
                          150);
  check("h_open_p.mkv", open, 35, 3);
  check("h_open_i.mkv", open, 60, 0);
}

BOOST_AUTO_TEST_CASE(closed_groups_forget_a_damaged_picture) {
  auto closed = test::plain("h_closed.mkv", "320x180", "-bf 2", 120);
  check("h_closed_p.mkv", closed, 37, 2);
}

BOOST_AUTO_TEST_CASE(a_gradual_refresh_forgets_a_damaged_picture) {
  auto refresh = test::plain("h_refresh.mkv", "320x180",
                             "-bf 0 -x264-params intra-refresh=1:keyint=50",
                             250);
  check("h_refresh_p.mkv", refresh, 70, 0);
}

BOOST_AUTO_TEST_SUITE_END()
