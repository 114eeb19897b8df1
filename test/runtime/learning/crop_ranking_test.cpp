#include "runtime/learning/crop_ranking.hpp"

#include "support/toy_crops.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace vpaas;
using namespace std::chrono_literals;

namespace tt = boost::test_tools;

namespace {

rankable_crop at(float angle, float uncertainty = 1, caf::timespan age = 0s) {
  return {{std::cos(angle), std::sin(angle)}, uncertainty, age};
}

} // namespace

BOOST_AUTO_TEST_SUITE(crop_ranking_tests)

BOOST_AUTO_TEST_CASE(uncertain_common_and_fresh_crops_come_first) {
  BOOST_TEST(rank_crops({at(0, .2f), at(0, .9f)}, {}).front() == 1u);
  BOOST_TEST(rank_crops({at(0, 1, 20h), at(0, 1, 1h)}, {}).front() == 1u);
  BOOST_TEST(rank_crops({at(1.5f), at(0), at(.1f), at(.2f)}, {}).front() != 0u);
}

BOOST_AUTO_TEST_CASE(look_alikes_come_one_at_a_time) {
  auto found = rank_crops({at(0), at(.01f), at(.02f), at(1.5f)}, {});
  BOOST_TEST(found.size() == 4u);
  BOOST_TEST(found[1] == 3u);
  // One of them has a label: first comes what is unlike it.
  BOOST_TEST(rank_crops({at(0), at(.01f), at(1.5f)}, {{1, 0}}).front() == 2u);
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_order_each_time) {
  test::toy_crops world{1};
  std::vector<rankable_crop> xs;
  for (auto& x : world.crops({"a", "b", "c"}, 200))
    xs.push_back({x.features, 1, 0s});
  crop_ranking_config cfg;
  cfg.most = 10;
  auto found = rank_crops(xs, {}, cfg);
  BOOST_TEST(found == rank_crops(xs, {}, cfg), tt::per_element());
  std::set<size_t> kinds;
  for (auto i : found)
    kinds.insert(i % 3);
  BOOST_TEST(kinds.size() == 3u);
}

BOOST_AUTO_TEST_CASE(nothing_is_ranked_where_there_is_nothing) {
  BOOST_TEST(rank_crops({}, {{1, 0}}).empty());
  auto found = rank_crops({rankable_crop{}, at(0)}, {}); // one has no features
  BOOST_TEST(found.size() == 2u);
}

BOOST_AUTO_TEST_CASE(uncertain_is_what_is_near_the_threshold_or_the_second) {
  BOOST_TEST(uncertainty_of({}, {}) == 1);
  BOOST_TEST(uncertainty_of({.5f, 0}, {.5f, .5f}) == 1);
  BOOST_TEST(uncertainty_of({1, 0}, {.5f, .5f}) == 0);
  BOOST_TEST(uncertainty_of({0, 0}, {.5f, .5f}) == 1); // of two names as likely
  BOOST_TEST(uncertainty_of({.95f, .9f}, {.5f, .5f}) == .95f,
             tt::tolerance(1e-5f));
  BOOST_TEST(uncertainty_of({.9f, 0}, {2, 2}) == .8f, tt::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(likeness_is_a_cosine) {
  BOOST_TEST(likeness({2, 0}, {5, 0}) == 1);
  BOOST_TEST(likeness({1, 0}, {0, 3}) == 0);
  BOOST_TEST(likeness({0, 0}, {0, 3}) == 0);
  BOOST_TEST(likeness({1}, {0, 3}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
