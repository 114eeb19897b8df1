#include "runtime/metrics/label_groups.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace tt = boost::test_tools;

using indices = std::vector<int32_t>;

BOOST_AUTO_TEST_SUITE(label_groups_tests)

BOOST_AUTO_TEST_CASE(models_with_other_labels_meet_in_groups) {
  auto coco = group_of_labels(road_users(),
                              {"person", "bicycle", "car", "kite", "truck"});
  BOOST_TEST(coco == (indices{0, 1, 2, -1, 2}), tt::per_element());
  auto crossroad = group_of_labels(road_users(), {"person", "vehicle", "bike"});
  BOOST_TEST(crossroad == (indices{0, 2, 1}), tt::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_in_no_group_is_not_compared) {
  indices group_of{1, -1};
  auto xs = grouped(
    std::vector<detection>{
      {{}, 0, .5f, 0}, {{}, 1, .6f, 0}, {{}, 2, .7f, 0}, {{}, -1, .8f, 0}},
    group_of);
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].label == 1);
  BOOST_TEST(xs[0].score == .5f);
  auto ys = grouped(std::vector<truth_object>{{{}, 1, 7}, {{}, 0, 8}},
                    group_of);
  BOOST_REQUIRE(ys.size() == 1u);
  BOOST_TEST(ys[0].label == 1);
  BOOST_TEST(ys[0].identity == 8u);
}

BOOST_AUTO_TEST_CASE(groups_are_read_from_text) {
  auto x = parse_label_groups("person;bike=bicycle,motorcycle");
  BOOST_REQUIRE(x);
  BOOST_REQUIRE(x->size() == 2u);
  BOOST_TEST((*x)[0].name == "person");
  BOOST_TEST((*x)[0].labels == std::vector<std::string>{"person"},
             tt::per_element());
  BOOST_TEST((*x)[1].name == "bike");
  BOOST_TEST((*x)[1].labels
               == (std::vector<std::string>{"bicycle", "motorcycle"}),
             tt::per_element());
  for (auto bad : {"", "person;", "=a", "bike=", "bike=a,,b"})
    BOOST_TEST(!parse_label_groups(bad), bad);
}

BOOST_AUTO_TEST_CASE(each_label_may_be_a_group) {
  std::vector<std::string> labels{"a", "b"};
  auto groups = each_label(labels);
  BOOST_TEST(group_of_labels(groups, {"b", "c", "a"}) == (indices{1, -1, 0}),
             tt::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_ignored_stays_whatever_it_is) {
  std::vector<truth_object> xs{{{}, 0, 1, true}, {{}, 0, 2}, {{}, 1, 3}};
  auto ys = grouped(xs, {-1, 0});
  BOOST_REQUIRE(ys.size() == 2u);
  BOOST_TEST(ys[0].ignored);
  BOOST_TEST(ys[0].label == -1);
  BOOST_TEST(ys[1].identity == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
