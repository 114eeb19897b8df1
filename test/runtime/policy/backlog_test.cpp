#include "runtime/policy/backlog.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace vpaas;

namespace {

using numbers = std::vector<uint64_t>;

/// Three complete segments of two keyframes each: 0 15, 30 45, 60 75.
struct fixture {
  backlog uut;

  fixture() {
    for (uint64_t i = 0; i < 3; ++i)
      uut.keep(i, int64_t(100 * i), {30 * i, 30 * i + 15});
    uut.complete_below(3);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(backlog_tests, fixture)

BOOST_AUTO_TEST_CASE(a_segment_whose_keyframes_are_answered_is_forgotten) {
  uut.close(30);
  BOOST_TEST(uut.forgettable().empty());
  uut.close(45);
  BOOST_TEST(uut.forgettable() == numbers{1});
  BOOST_TEST(uut.forgettable().empty()); // named once
  BOOST_TEST(uut.segments() == 2u);
}

BOOST_AUTO_TEST_CASE(a_segment_that_goes_on_is_kept) {
  uut.keep(3, 300, {90});
  uut.close(90);
  BOOST_TEST(uut.forgettable().empty());
  uut.keep(3, 300, {105});
  uut.complete_below(4);
  BOOST_TEST(uut.forgettable().empty());
  uut.close(105);
  BOOST_TEST(uut.forgettable() == numbers{3});
}

BOOST_AUTO_TEST_CASE(a_segment_without_keyframes_is_forgotten) {
  uut.keep(3, 300, {});
  uut.complete_below(4);
  BOOST_TEST(uut.forgettable() == numbers{3});
}

BOOST_AUTO_TEST_CASE(first_answers_come_before_better_ones) {
  uut.improve_later(0);
  uut.postpone(45);
  uut.postpone(75);
  auto x = uut.next(true);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->segment == 1u);
  BOOST_TEST(x->frames == numbers{45});
  BOOST_TEST(!x->improving);
  x = uut.next(true);
  BOOST_TEST(x->segment == 2u);
  BOOST_TEST(!uut.next(false));
  x = uut.next(true);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->segment == 0u);
  BOOST_TEST(x->improving);
  BOOST_TEST(!uut.next(true));
  BOOST_TEST(uut.waiting() + uut.improvable() == 0u);
}

// Its camera may be gone: then it never is complete.
BOOST_AUTO_TEST_CASE(the_newest_segment_is_begun_where_it_is_wanted) {
  uut.keep(3, 300, {90, 105});
  uut.postpone(105);
  BOOST_TEST(!uut.next(true));
  auto x = uut.next(true, true);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->segment == 3u);
  BOOST_TEST(x->frames == numbers{105});
  uut.close(90);
  uut.close(105);
  BOOST_TEST(uut.forgettable().empty()); // it may go on
  uut.complete_below(4);
  BOOST_TEST(uut.forgettable() == numbers{3});
}

BOOST_AUTO_TEST_CASE(what_fails_again_waits_again) {
  uut.postpone(0);
  uut.next(true);
  BOOST_TEST(uut.waiting() == 0u);
  uut.postpone(0);
  BOOST_TEST(uut.waiting() == 1u);
  BOOST_TEST(uut.next(false)->frames == numbers{0});
}

BOOST_AUTO_TEST_CASE(what_goes_from_the_disk_is_named) {
  uut.postpone(0);
  uut.improve_later(15);
  auto x = uut.lose(0);
  BOOST_TEST(x.waiting == numbers{0});
  BOOST_TEST(x.improvable == 1u);
  BOOST_TEST(uut.waiting() + uut.improvable() == 0u);
  BOOST_TEST(!uut.postpone(0));
  BOOST_TEST(uut.lose(0).waiting.empty());
  BOOST_TEST(uut.forgettable().empty()); // nothing is there to be forgotten
}

BOOST_AUTO_TEST_CASE(old_answers_stay_as_they_are) {
  for (uint64_t n : {0, 15, 30, 45, 60})
    uut.improve_later(n);
  uut.postpone(45);
  BOOST_TEST(uut.settle_before(200) == 3u);
  BOOST_TEST(uut.forgettable() == numbers{0});
  BOOST_TEST(uut.improvable() == 1u);
  BOOST_TEST(uut.waiting() == 1u);
}

BOOST_AUTO_TEST_CASE(unknown_keyframes_are_not_kept) {
  BOOST_TEST(!uut.postpone(7));
  BOOST_TEST(!uut.improve_later(7));
  uut.close(7);
  BOOST_TEST(uut.segments() == 3u);
}

// Against a plain list of what each keyframe waits for.
BOOST_AUTO_TEST_CASE(any_schedule_keeps_what_is_not_answered) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::minstd_rand random(seed);
    auto any = [&](uint64_t n) { return uint64_t(random()) % n; };
    backlog x;
    std::map<uint64_t, char> frames;   // l, w, i
    std::map<uint64_t, bool> segments; // that are not forgotten or lost
    uint64_t next = 0;
    for (int step = 0; step < 300; ++step) {
      auto frame = any(2 * next + 2);
      auto known = frames.find(frame);
      switch (any(7)) {
        case 0:
          x.keep(next, int64_t(next), {2 * next, 2 * next + 1});
          x.complete_below(next);
          frames[2 * next] = frames[2 * next + 1] = 'l';
          segments[next++] = true;
          break;
        case 1:
        case 2:
          x.close(frame);
          frames.erase(frame);
          break;
        case 3:
          BOOST_TEST_REQUIRE(x.postpone(frame) == (known != frames.end()));
          if (known != frames.end())
            known->second = 'w';
          break;
        case 4:
          BOOST_TEST_REQUIRE(x.improve_later(frame) == (known != frames.end()));
          if (known != frames.end())
            known->second = 'i';
          break;
        case 5:
          if (auto work = x.next(any(2) == 0))
            for (auto n : work->frames) {
              BOOST_TEST_REQUIRE(frames.at(n) == (work->improving ? 'i' : 'w'));
              frames.at(n) = 'l';
            }
          break;
        default:
          if (any(5) > 0)
            break;
          for (auto n : x.lose(frame / 2).waiting)
            BOOST_TEST_REQUIRE(frames.at(n) == 'w');
          frames.erase(frame / 2 * 2);
          frames.erase(frame / 2 * 2 + 1);
          segments.erase(frame / 2);
      }
      for (auto s : x.forgettable()) {
        BOOST_TEST_REQUIRE(segments.erase(s) == 1u);
        BOOST_TEST_REQUIRE(frames.count(2 * s) + frames.count(2 * s + 1) == 0u);
      }
      size_t waiting = 0, improvable = 0;
      for (auto& [n, want] : frames) {
        waiting += want == 'w';
        improvable += want == 'i';
      }
      BOOST_TEST_REQUIRE(x.waiting() == waiting);
      BOOST_TEST_REQUIRE(x.improvable() == improvable);
      BOOST_TEST_REQUIRE(x.segments() == segments.size());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
