#include "runtime/truth/truth_format.hpp"

#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <tuple>

using namespace vpaas;

namespace {

/// What a format says that it loses is taken away.
struct keeps {
  bool identities = true, visible = true, ignored = true, size = true,
       unused = true;
};

const std::map<std::string, keeps> kept{
  {"lines", {true, true, true, false, false}},          {"cvat", {}},
  {"cvat-images", {false, true, true, true, true}},     {"coco", {}},
  {"yolo", {false, false, false, false, true}},         {"mot", {}},
  {"label-studio", {true, false, false, false, false}},
};

std::vector<truth_format> written_formats() {
  auto result = truth_formats();
  auto is_only_read = [](auto& x) { return x.write == nullptr; };
  result.erase(std::remove_if(result.begin(), result.end(), is_only_read),
               result.end());
  return result;
}

marked_video without_what_is_lost(marked_video x, const keeps& k) {
  for (auto& frame : x.frames)
    for (auto& y : frame.second) {
      if (!k.identities)
        y.identity = 0;
      if (!k.visible)
        y.visible = 1;
      if (!k.ignored)
        y.ignored = false;
    }
  if (!k.size)
    x.width = x.height = 0;
  return x;
}

/// Twelve frames of objects that come, go, come back, and touch the edge.
marked_video made_up(uint32_t seed) {
  std::minstd_rand random{seed};
  auto share = [&](double most) {
    return float(double(random() % 10'000) / 10'000 * most);
  };
  marked_video x;
  x.width = 1280;
  x.height = 720;
  x.partial = true;
  x.labels = {"car", "ice cream van", "<\"&'> \xC3\xBC"};
  for (uint64_t n = 0; n < 12; ++n) {
    auto& there = x.frames[n];
    for (uint64_t id = 1; id <= 6; ++id) {
      if (random() % 3 == 0)
        continue;
      marked_object y;
      y.where.x0 = id == 1 ? 0 : share(.5);
      y.where.y0 = share(.5);
      y.where.x1 = id == 2 ? 1 : y.where.x0 + .01f + share(.4);
      y.where.y1 = y.where.y0 + .01f + share(.4);
      y.label = x.labels[id % 3];
      y.identity = id;
      y.visible = random() % 2 ? 1 : .25f;
      y.ignored = random() % 4 == 0;
      there.push_back(y);
    }
  }
  return x;
}

std::vector<marked_object> in_order(std::vector<marked_object> xs) {
  std::sort(xs.begin(), xs.end(), [](auto& a, auto& b) {
    return std::tie(a.label, a.where.x0, a.where.y0)
           < std::tie(b.label, b.where.x0, b.where.y0);
  });
  return xs;
}

double distance(const box& a, const box& b) {
  return std::max({std::abs(a.x0 - b.x0), std::abs(a.y0 - b.y0),
                   std::abs(a.x1 - b.x1), std::abs(a.y1 - b.y1)});
}

/// The same but for rounding, and for what identities are called.
void check_same(const marked_video& a, const marked_video& b) {
  BOOST_TEST(a.width == b.width);
  BOOST_TEST(a.height == b.height);
  BOOST_REQUIRE(a.frames.size() == b.frames.size());
  std::map<uint64_t, uint64_t> names;
  for (auto& [n, objects] : a.frames) {
    BOOST_REQUIRE(b.frames.count(n) == 1u);
    auto xs = in_order(objects), ys = in_order(b.frames.at(n));
    BOOST_REQUIRE(xs.size() == ys.size());
    for (size_t i = 0; i < xs.size(); ++i) {
      BOOST_TEST(xs[i].label == ys[i].label);
      BOOST_TEST(distance(xs[i].where, ys[i].where) < 1e-6);
      BOOST_TEST(xs[i].visible == ys[i].visible);
      BOOST_TEST(xs[i].ignored == ys[i].ignored);
      auto known = names.emplace(xs[i].identity, ys[i].identity).first;
      BOOST_TEST(known->second == ys[i].identity);
    }
  }
}

marked_video passed(const truth_format& format, const marked_video& x) {
  auto files = test::value_of(print_truth(format, x));
  auto found = test::value_of(find_truth_format("", files));
  BOOST_TEST(found->name == format.name);
  return test::value_of(parse_truth(format, files)).video;
}

} // namespace

BOOST_AUTO_TEST_SUITE(truth_format_tests)

BOOST_AUTO_TEST_CASE(each_format_says_what_it_loses) {
  std::set<std::string> names;
  for (auto& x : truth_formats()) {
    BOOST_TEST(names.insert(x.name).second);
    BOOST_TEST(kept.count(x.name) == (x.write == nullptr ? 0u : 1u), x.name);
    BOOST_TEST(std::string{x.loses} != "");
  }
  BOOST_TEST(names.size() == kept.size() + 2);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_but_for_what_is_lost) {
  for (auto& format : written_formats())
    for (uint32_t seed = 1; seed <= 3; ++seed) {
      BOOST_TEST_CONTEXT(format.name << " " << seed) {
        auto x = made_up(seed);
        auto& k = kept.at(format.name);
        auto y = passed(format, x);
        check_same(without_what_is_lost(x, k), y);
        if (k.unused)
          BOOST_TEST(y.labels == x.labels, boost::test_tools::per_element());
      }
    }
}

// Each to each: what is lost is what either of both loses.
BOOST_AUTO_TEST_CASE(every_pair_of_formats_goes_round) {
  for (auto& a : written_formats())
    for (auto& b : written_formats())
      BOOST_TEST_CONTEXT(a.name << " to " << b.name) {
        auto x = made_up(9);
        auto first = passed(a, x);
        first.width = x.width; // --size
        first.height = x.height;
        auto second = passed(b, first);
        auto& ka = kept.at(a.name);
        auto& kb = kept.at(b.name);
        auto want = without_what_is_lost(without_what_is_lost(x, ka), kb);
        if (kb.size) {
          want.width = x.width;
          want.height = x.height;
        } else {
          want.width = want.height = 0;
        }
        auto made_up_names = !ka.identities && kb.identities;
        if (made_up_names) // a box without an identity gets one of its own
          second = without_what_is_lost(second,
                                        {false, true, true, true, true});
        check_same(want, second);
      }
}

BOOST_AUTO_TEST_CASE(frames_between_are_not_looked_at) {
  auto x = made_up(4);
  std::map<uint64_t, std::vector<marked_object>> apart;
  for (auto& frame : x.frames)
    apart[5 + frame.first * 15] = frame.second;
  x.frames = apart;
  for (auto name : {"lines", "cvat", "cvat-images", "coco", "yolo"})
    BOOST_TEST_CONTEXT(name) {
      auto& format = *test::value_of(find_truth_format(name, {}));
      check_same(without_what_is_lost(x, kept.at(name)), passed(format, x));
    }
  x.frames[7]; // not as far from the others
  BOOST_TEST(
    (print_truth(*test::value_of(find_truth_format("cvat", {})), x).error()
     == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(official_labels_are_counted_from_one) {
  auto x = made_up(5);
  x.labels = {"pedestrian", "car", "reflection"};
  for (auto& frame : x.frames)
    for (auto& y : frame.second)
      y.label = x.labels[y.identity % 3];
  auto& mot = *test::value_of(find_truth_format("mot", {}));
  auto files = test::value_of(print_truth(mot, x));
  BOOST_TEST(files.count("gt/labels.txt") == 0u);
  check_same(x, passed(mot, x));
}

BOOST_AUTO_TEST_CASE(pixels_need_a_size) {
  auto x = made_up(6);
  x.width = x.height = 0;
  for (auto name : {"cvat", "cvat-images", "coco", "mot"}) {
    auto found = print_truth(*test::value_of(find_truth_format(name, {})), x);
    BOOST_TEST(!found);
    BOOST_TEST(cause_of(found.error()).find("--size") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_video_is_one) {
  marked_video x;
  x.width = x.height = 100;
  x.labels = {"car"};
  for (auto& format : written_formats()) {
    auto files = print_truth(format, x);
    BOOST_TEST_REQUIRE(!!files, format.name);
    auto found = parse_truth(format, *files);
    BOOST_TEST_CONTEXT(format.name)
    BOOST_TEST(test::value_of(found).video.frames.empty());
  }
}

BOOST_AUTO_TEST_CASE(what_is_only_read_is_not_written) {
  for (auto name : {"kitti", "visdrone"}) {
    auto& format = *test::value_of(find_truth_format(name, {}));
    BOOST_TEST(cause_of(print_truth(format, made_up(1)).error())
               == std::string{name} + " is only read");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_format_is_refused_with_all_names) {
  auto x = find_truth_format("voc", {});
  BOOST_TEST(cause_of(x.error())
             == "there is no format \"voc\"; write one of lines, cvat, "
                "cvat-images, coco, yolo, mot, label-studio, kitti, "
                "visdrone");
  BOOST_TEST(!find_truth_format("", {{"a.txt", "1 2 3"}}));
}

BOOST_AUTO_TEST_SUITE_END()
