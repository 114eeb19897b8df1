#include "runtime/policy/keyframe_book.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <random>

using namespace vpaas;

namespace {

using numbers = keyframe_book::numbers;

uint64_t dropped(const keyframe_book& x) {
  uint64_t result = 0;
  for (auto& [reason, n] : x.counts().dropped)
    result += n;
  return result;
}

/// received = answered + in flight + spooled + dropped
bool law_holds(const keyframe_book& x) {
  auto& y = x.counts();
  return y.received
         == y.answered + x.in_flight() + x.disk().waiting() + dropped(x);
}

struct fixture {
  keyframe_book uut{true};

  frame_result result(uint64_t frame, named_by who = named_by::cloud) {
    frame_result x;
    x.frame = frame;
    x.located = who;
    return x;
  }

  void answer(uint64_t frame, named_by who = named_by::cloud,
              bool again = false) {
    auto t = uut.turn_of(frame, again);
    auto x = result(frame, who);
    x.revision = t == keyframe_book::turn::revision ? 1 : 0;
    uut.answer(x, t);
  }

  numbers out() {
    numbers result;
    for (auto& x : uut.take()) {
      result.push_back(x.frame);
      uut.stored(x, false);
    }
    BOOST_TEST(law_holds(uut));
    return result;
  }

  void arrive(uint64_t segment, const numbers& xs) {
    uut.begin(xs);
    uut.keep(segment, int64_t(segment), xs);
  }
};

/// A stream under whatever may happen to it.
struct stream : fixture {
  explicit stream(unsigned seed) : random(seed) {
    // nop
  }

  uint64_t any(uint64_t n) {
    return uint64_t(random()) % n;
  }

  template <class Container>
  uint64_t one_of(const Container& xs) {
    return *std::next(xs.begin(), ptrdiff_t(any(xs.size())));
  }

  void step() {
    auto waiting = uut.lane().waiting();
    auto& working = uut.taken().frames;
    switch (any(10)) {
      case 0:
      case 1:
        return film();
      case 2:
      case 3:
        if (!waiting.empty())
          answer_one(one_of(waiting));
        return;
      case 4:
        if (!working.empty())
          answer_one(one_of(working));
        return;
      case 5:
        if (any(6) > 0)
          return;
        if (!waiting.empty())
          uut.give_up(one_of(waiting), "cloud");
        else if (auto idle = unanswered(); !idle.empty())
          uut.give_up(one_of(idle), "cloud");
        return;
      case 6:
        return take();
      case 7:
        return settle();
      case 8:
        return go_back();
      default:
        if (last > 0 && any(10) == 0)
          uut.lose(1 + any(last), "spool_age");
    }
  }

  /// Of those from disk.
  numbers unanswered() const {
    numbers result;
    for (auto n : uut.taken().frames)
      if (answering.count(n) == 0)
        result.push_back(n);
    return result;
  }

  void film() {
    numbers xs{next, next + 15};
    next += 30;
    ++last;
    for (auto n : uut.begin(xs))
      filmed.insert(n);
    if (any(8) > 0)
      uut.keep(last, int64_t(last), xs);
    if (any(8) == 0)
      uut.not_kept(xs);
  }

  void answer_one(uint64_t n) {
    if (answering.count(n) > 0)
      return; // an answer is on its way out
    answering.insert(n);
    answer(n, any(3) == 0 ? named_by::backup : named_by::cloud);
  }

  void take() {
    for (auto& x : uut.take()) {
      if (x.revision == 0) {
        BOOST_TEST(answered.count(x.frame) == 0u); // once
      }
      out_there.push_back(x);
    }
  }

  void settle() {
    if (out_there.empty())
      return;
    auto x = out_there.front();
    out_there.pop_front();
    answering.erase(x.frame);
    if (any(6) == 0)
      return uut.refused(x);
    if (x.revision == 0)
      answered.insert(x.frame);
    uut.stored(x, false);
  }

  void go_back() {
    auto& working = uut.taken().frames;
    if (working.empty()) {
      uut.next(true);
      return;
    }
    if (any(8) > 0)
      return;
    auto idle = unanswered();
    auto last = any(2) == 0;
    any(4) == 0 ? uut.damaged(idle) : uut.put_back(idle, last);
  }

  std::minstd_rand random;
  uint64_t next = 0, last = 0;
  std::set<uint64_t> filmed, answering, answered;
  std::deque<frame_result> out_there;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keyframe_book_tests, fixture)

BOOST_AUTO_TEST_CASE(answers_come_out_in_order) {
  uut.begin({0, 15, 30});
  answer(30);
  answer(15);
  BOOST_TEST(out().empty());
  answer(0);
  BOOST_TEST(out() == (numbers{0, 15, 30}));
  BOOST_TEST(uut.counts().answered == 3u);
  BOOST_TEST(uut.lane().settled_below() == 31u);
}

BOOST_AUTO_TEST_CASE(what_came_before_is_not_counted_twice) {
  BOOST_TEST(uut.begin({0, 15}) == (numbers{0, 15}));
  BOOST_TEST(uut.begin({15, 30}) == numbers{30});
  BOOST_TEST(uut.counts().received == 3u);
  BOOST_TEST(uut.counts().repeated == 1u);
}

BOOST_AUTO_TEST_CASE(who_is_given_up_waits_on_disk_or_is_dropped) {
  arrive(1, {0});
  uut.begin({15});
  BOOST_TEST(uut.give_up(0, "cloud"));
  BOOST_TEST(!uut.give_up(15, "cloud"));
  BOOST_TEST(uut.disk().waiting() == 1u);
  BOOST_TEST(uut.counts().dropped.at("cloud") == 1u);
  BOOST_TEST(law_holds(uut));
}

BOOST_AUTO_TEST_CASE(what_is_on_disk_is_taken_up_and_leaves_it) {
  arrive(1, {0});
  uut.give_up(0, "cloud");
  uut.complete_below(2);
  BOOST_REQUIRE(uut.next(true));
  BOOST_TEST(uut.in_flight() == 1u);
  answer(0);
  BOOST_TEST(out() == numbers{0});
  BOOST_TEST(uut.forgettable() == numbers{1});
}

BOOST_AUTO_TEST_CASE(the_backup_s_answers_are_made_better) {
  arrive(1, {0});
  answer(0, named_by::backup);
  out();
  BOOST_TEST(uut.disk().improvable() == 1u);
  uut.complete_below(2);
  BOOST_REQUIRE(uut.next(true));
  BOOST_TEST(uut.taken().improving);
  BOOST_TEST(uut.in_flight() == 0u); // it is answered
  answer(0);
  out();
  BOOST_TEST(uut.counts().revised == 1u);
  BOOST_TEST(uut.counts().answered == 1u);
  BOOST_TEST(uut.forgettable() == numbers{1});
}

BOOST_AUTO_TEST_CASE(a_better_answer_in_time_takes_the_place_of_the_first) {
  uut.begin({0, 15});
  answer(15, named_by::backup);
  BOOST_CHECK(uut.turn_of(15, true) == keyframe_book::turn::in_time);
  answer(15, named_by::cloud, true);
  answer(0);
  auto xs = uut.take();
  BOOST_REQUIRE(xs.size() == 2u);
  BOOST_CHECK(xs[1].located == named_by::cloud);
}

BOOST_AUTO_TEST_CASE(results_that_are_refused_are_made_again) {
  arrive(1, {0});
  uut.begin({15});
  answer(0);
  answer(15);
  for (auto& x : uut.take())
    uut.refused(x);
  BOOST_TEST(uut.disk().waiting() == 1u);
  BOOST_TEST(uut.counts().dropped.at("unpublished") == 1u);
  BOOST_TEST(law_holds(uut));
}

BOOST_AUTO_TEST_CASE(the_ledger_says_what_is_left_from_before) {
  uut.recover(1, 0, {0, 15, 30},
              {{0, named_by::cloud}, {15, named_by::backup}});
  BOOST_TEST(uut.counts().recovered == 1u);
  BOOST_TEST(uut.disk().waiting() == 1u);
  BOOST_TEST(uut.disk().improvable() == 1u);
  uut.recover(1, 0, {0, 15, 30}, {{0, named_by::cloud}}); // asked once more
  BOOST_TEST(uut.counts().recovered == 1u);
  BOOST_TEST(law_holds(uut));
}

BOOST_AUTO_TEST_CASE(the_law_holds_whatever_happens) {
  uint64_t revised = 0, lost = 0;
  for (unsigned seed = 1; seed <= 300; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      stream x{seed};
      for (int i = 0; i < 400; ++i) {
        x.step();
        BOOST_TEST_REQUIRE(law_holds(x.uut));
      }
      BOOST_TEST(x.uut.counts().received == x.filmed.size());
      BOOST_TEST(x.answered.size() == x.uut.counts().answered);
      revised += x.uut.counts().revised;
      lost += dropped(x.uut);
    }
  BOOST_TEST(revised > 100u);
  BOOST_TEST(lost > 100u);
}

BOOST_AUTO_TEST_SUITE_END()
