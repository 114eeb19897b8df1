#include "runtime/http/broadcast.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(broadcast_tests)

BOOST_AUTO_TEST_CASE(everybody_hears_what_comes_from_now_on) {
  broadcast uut;
  uut.say("door", "before");
  auto a = uut.position(), b = a;
  uut.say("door", "1");
  uut.say("", "2");
  auto first = uut.wait(a, 0s);
  BOOST_REQUIRE(first.entries.size() == 2u);
  BOOST_TEST(*first.entries[0].text == "1");
  BOOST_TEST(first.entries[0].camera == "door");
  BOOST_TEST(uut.wait(a, 0s).entries.empty());
  BOOST_TEST(uut.wait(b, 0s).entries.size() == 2u);
}

BOOST_AUTO_TEST_CASE(who_waits_is_woken) {
  broadcast uut;
  auto at = uut.position();
  std::thread speaker{[&] { uut.say("", "x"); }};
  BOOST_TEST(uut.wait(at, 10s).entries.size() == 1u);
  speaker.join();
}

BOOST_AUTO_TEST_CASE(what_comes_before_the_time_comes_at_once) {
  broadcast uut;
  auto at = uut.position();
  auto gathered = broadcast::clock::now() + 50ms;
  std::thread speaker{[&] {
    uut.say("", "1");
    uut.say("", "2");
  }};
  auto all = uut.wait(at, 10s, gathered).entries.size();
  BOOST_TEST((broadcast::clock::now() >= gathered));
  if (all < 2) // the speaker was slow
    all += uut.wait(at, 10s, gathered).entries.size();
  speaker.join();
  all += uut.wait(at, 0s).entries.size();
  BOOST_TEST(all == 2u);
}

BOOST_AUTO_TEST_CASE(the_slow_miss_the_oldest_and_are_told) {
  broadcast uut{3};
  auto at = uut.position();
  for (int i = 0; i < 10; ++i)
    uut.say("", std::to_string(i));
  auto x = uut.wait(at, 0s);
  BOOST_TEST(x.missed == 7u);
  BOOST_REQUIRE(x.entries.size() == 3u);
  BOOST_TEST(*x.entries[0].text == "7");
  BOOST_TEST(uut.missed() == 7u);
}

BOOST_AUTO_TEST_CASE(large_texts_take_no_more_memory) {
  broadcast uut{1000, 100};
  auto at = uut.position();
  for (int i = 0; i < 10; ++i)
    uut.say("", std::string(40, 'x'));
  BOOST_TEST(uut.wait(at, 0s).entries.size() == 2u);
  uut.say("", std::string(1000, 'x')); // alone it is taken
  BOOST_TEST(uut.wait(at, 0s).entries.size() == 1u);
}

BOOST_AUTO_TEST_CASE(listeners_are_counted_while_they_live) {
  broadcast uut;
  {
    broadcast::listener a{uut}, b{uut};
    BOOST_TEST(uut.listeners() == 2u);
  }
  BOOST_TEST(uut.listeners() == 0u);
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_one_that_is_closed) {
  broadcast uut;
  auto at = uut.position();
  uut.close();
  BOOST_TEST(uut.wait(at, 1h).entries.empty());
  auto tomorrow = broadcast::clock::now() + 24h;
  BOOST_TEST(uut.wait(at, 1h, tomorrow).entries.empty());
}

BOOST_AUTO_TEST_SUITE_END()
