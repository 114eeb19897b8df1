#include "runtime/policy/credit_line.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture {
  /// What the line gives for `room` free places, as "a3 b1".
  std::string share(size_t room, caf::timespan now = 0s) {
    std::string result;
    for (auto& x : uut.share(room, now))
      result += (result.empty() ? "" : " ") + std::string{x.reply}
                + std::to_string(x.credit);
    return result;
  }

  void ask(char who, uint32_t wanted) {
    uut.ask(who, wanted, std::string(1, who));
  }

  credit_line<char, std::string> uut{5s};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(credit_line_tests, fixture)

BOOST_AUTO_TEST_CASE(one_gets_what_it_wants_as_far_as_there_is_room) {
  ask('a', 3);
  BOOST_TEST(share(8) == "a3");
  BOOST_TEST(uut.promised() == 3u);
  ask('a', 100);
  BOOST_TEST(share(8) == "a5");
  ask('a', 1);
  BOOST_TEST(share(8).empty());
  BOOST_TEST(share(9) == "a1");
}

BOOST_AUTO_TEST_CASE(asking_for_nothing_is_asking_for_one) {
  ask('a', 0);
  BOOST_TEST(share(8) == "a1");
}

BOOST_AUTO_TEST_CASE(many_share_equally_and_in_turn) {
  ask('a', 100);
  ask('b', 100);
  ask('c', 1);
  BOOST_TEST(share(7) == "a2 b2 c1");
  ask('a', 100);
  ask('b', 100);
  BOOST_TEST(share(6) == "a1"); // 5 of 6 are promised, and a was first
  ask('a', 100);
  BOOST_TEST(share(7) == "b1"); // so it is b's turn, however much a wants
}

BOOST_AUTO_TEST_CASE(credit_is_spent_once) {
  ask('a', 2);
  share(2);
  BOOST_TEST(!uut.spend('b'));
  BOOST_TEST(uut.spend('a'));
  BOOST_TEST(uut.promised() == 1u);
  BOOST_TEST(uut.spend('a'));
  BOOST_TEST(!uut.spend('a'));
  BOOST_TEST(uut.promised() == 0u);
}

BOOST_AUTO_TEST_CASE(the_credit_of_the_dead_comes_back) {
  ask('a', 2);
  share(2);
  ask('b', 1);
  ask('a', 1);
  ask('c', 1);
  uut.forget('a');
  BOOST_TEST(uut.promised() == 0u);
  BOOST_TEST(uut.waiting() == 2u);
  BOOST_TEST(share(2) == "b1 c1");
}

BOOST_AUTO_TEST_CASE(credit_that_is_not_used_lapses) {
  ask('a', 2);
  share(8, 1s);
  ask('b', 1);
  share(8, 2s);
  ask('a', 1); // renews the rest of a's, too
  share(8, 3s);
  uut.lapse(7s);
  BOOST_TEST(uut.promised() == 3u);
  BOOST_TEST(!uut.spend('b'));
  uut.lapse(8s);
  BOOST_TEST(uut.promised() == 0u);
  BOOST_TEST(!uut.spend('a'));
}

BOOST_AUTO_TEST_CASE(who_waits_can_be_dismissed) {
  ask('a', 1);
  ask('b', 1);
  BOOST_TEST(uut.clear().size() == 2u);
  BOOST_TEST(uut.waiting() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
