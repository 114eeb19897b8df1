#include "runtime/learning/lesson_choice.hpp"

#include "runtime/learning/kept_crop.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

using namespace vpaas;

namespace {

std::vector<choosable_lesson> lessons(size_t n) {
  std::vector<choosable_lesson> result;
  for (size_t i = 0; i < n; ++i)
    result.push_back(
      {"fog-1-" + std::to_string(i), i % 10 == 0 ? "van" : "car"});
  return result;
}

bool has(const std::vector<size_t>& xs, size_t x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

} // namespace

BOOST_AUTO_TEST_SUITE(lesson_choice_tests)

BOOST_AUTO_TEST_CASE(a_quarter_is_held_out_and_stays_so) {
  auto few = choose_lessons(lessons(1000)),
       more = choose_lessons(lessons(2000));
  BOOST_TEST(few.held_out.size() > 200u);
  BOOST_TEST(few.held_out.size() < 300u);
  for (auto i : few.held_out) {
    BOOST_TEST(has(more.held_out, i));
    BOOST_TEST(!has(few.learn, i));
  }
}

BOOST_AUTO_TEST_CASE(the_newest_are_learnt_from_and_a_sample_of_each_class) {
  lesson_choice_config cfg;
  cfg.hold_out = 0;
  cfg.newest = 5;
  cfg.reservoir = 20;
  auto xs = lessons(10'000);
  auto chosen = choose_lessons(xs, cfg);
  BOOST_TEST(chosen.learn.size() == 45u);
  std::map<std::string, size_t> count;
  for (auto i : chosen.learn)
    ++count[xs[i].label];
  BOOST_TEST(count["van"] == 20u);
  for (size_t i = 9995; i < 10'000; ++i)
    BOOST_TEST(has(chosen.learn, i));
  // As many of the first half as of the second, but for luck.
  auto early = std::count_if(chosen.learn.begin(), chosen.learn.end() - 5,
                             [](size_t i) { return i < 5000; });
  BOOST_TEST(early > 8);
  BOOST_TEST(early < 32);
}

BOOST_AUTO_TEST_CASE(what_was_withdrawn_leaves_no_trace) {
  auto xs = lessons(400), fewer = xs;
  fewer.erase(fewer.begin() + 100, fewer.begin() + 150);
  lesson_choice_config cfg;
  cfg.newest = 0;
  cfg.reservoir = 1000;
  auto all = choose_lessons(xs, cfg), rest = choose_lessons(fewer, cfg);
  std::vector<std::string> before, after;
  for (auto i : all.learn)
    if (i < 100 || i >= 150)
      before.push_back(xs[i].crop);
  for (auto i : rest.learn)
    after.push_back(fewer[i].crop);
  BOOST_TEST(before == after, boost::test_tools::per_element());
}

// Four cars a run of 60 frames: one of them says nothing of who saw the others.
BOOST_AUTO_TEST_CASE(a_run_of_frames_is_held_out_whole_or_not_at_all) {
  std::vector<choosable_lesson> xs;
  for (uint64_t n = 0; n < 1000; ++n)
    xs.push_back({crop_id("fog-1", "door", n * 15, 0), "car"});
  auto chosen = choose_lessons(xs);
  BOOST_TEST(chosen.held_out.size() > 180u);
  std::map<size_t, size_t> runs;
  for (auto i : chosen.held_out)
    ++runs[i / 4];
  for (auto& x : runs)
    BOOST_TEST(x.second == 4u);
}

BOOST_AUTO_TEST_CASE(of_four_runs_one_is_held_out) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    lesson_choice_config cfg;
    cfg.seed = seed;
    std::vector<choosable_lesson> xs;
    for (uint64_t n = 0; n < 4; ++n)
      xs.push_back({crop_id("fog-1", "door", n * 60, 0), "car"});
    auto chosen = choose_lessons(xs, cfg);
    BOOST_TEST(chosen.held_out.size() >= (chosen.learn.empty() ? 0u : 1u));
    BOOST_TEST(chosen.held_out.size() + chosen.learn.size() == 4u);
  }
}

BOOST_AUTO_TEST_CASE(a_class_is_never_held_out_alone) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    lesson_choice_config cfg;
    cfg.seed = seed;
    auto chosen = choose_lessons({{crop_id("fog-1", "door", 0, 0), "car"},
                                  {crop_id("fog-1", "door", 15, 0), "van"}},
                                 cfg);
    BOOST_TEST(chosen.learn.size() == 2u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
