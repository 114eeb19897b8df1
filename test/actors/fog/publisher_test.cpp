#include "support/results_actor.hpp"

using namespace vpaas;
using namespace std::chrono_literals;
using test::batch_sizes;
using test::result_of;

using fixture = test::results_system;

BOOST_FIXTURE_TEST_SUITE(publisher_tests, fixture)

BOOST_AUTO_TEST_CASE(subscribers_get_their_streams_and_do_not_wait_for_disks) {
  slow = true;
  start();
  listener all;
  listener one;
  subscribe(all);
  subscribe(one, "b");
  publish({result_of("a", 1), result_of("b", 2)});
  BOOST_TEST(answers.empty());
  BOOST_TEST(all.frames == (std::vector<uint64_t>{1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(one.frames == (std::vector<uint64_t>{2}),
             boost::test_tools::per_element());
  BOOST_TEST(status()["delivered"] == 3);
}

BOOST_AUTO_TEST_CASE(a_slow_subscriber_loses_the_oldest_and_delays_nobody) {
  cfg.max_queue = 4;
  cfg.max_delivery = 3;
  start();
  listener lazy;
  lazy.patient = true;
  listener quick;
  subscribe(lazy);
  subscribe(quick);
  for (uint64_t i = 0; i < 10; ++i)
    publish({result_of("a", i)});
  BOOST_TEST(quick.frames.size() == 10u);
  BOOST_TEST(lazy.frames == (std::vector<uint64_t>{0}),
             boost::test_tools::per_element());
  BOOST_TEST(status()["slow"] == 5); // 1 to 5; 6 to 9 wait
  BOOST_TEST(status()["queued"] == 5);
  answer(lazy);
  BOOST_TEST(lazy.frames == (std::vector<uint64_t>{0, 6, 7, 8}),
             boost::test_tools::per_element());
  answer(lazy);
  answer(lazy);
  BOOST_TEST(lazy.deliveries == (batch_sizes{1, 3, 1}),
             boost::test_tools::per_element());
  auto x = status();
  BOOST_TEST(x["queued"] == 0);
  BOOST_TEST(x["delivered"] == 15);
  BOOST_TEST(answers.size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_subscriber_that_errs_or_is_silent_gets_what_follows) {
  start();
  listener x;
  x.patient = true;
  subscribe(x);
  publish({result_of("a", 1)});
  publish({result_of("a", 2)});
  auto late = std::exchange(x.owed, {});
  advance(10s);
  BOOST_TEST(status()["unanswered"] == 1);
  BOOST_TEST(x.frames == (std::vector<uint64_t>{1, 2}),
             boost::test_tools::per_element());
  std::swap(late, x.owed);
  answer(x); // the first request, too late
  BOOST_TEST(status()["delivered"] == 0);
  std::swap(late, x.owed);
  answer(x);
  BOOST_TEST(status()["delivered"] == 1);
  x.patient = false;
  x.refusal = caf::make_error(ec::io, "the disk is full");
  publish({result_of("a", 3)});
  publish({result_of("a", 4)});
  BOOST_TEST(status()["unanswered"] == 3);
  BOOST_TEST(x.frames == (std::vector<uint64_t>{1, 2, 3, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_dead_subscriber_is_forgotten) {
  start();
  listener x;
  x.patient = true;
  subscribe(x);
  publish({result_of("a", 1)});
  publish({result_of("a", 2)});
  caf::anon_send_exit(x.handle, caf::exit_reason::kill);
  x.owed.reset();
  run();
  auto s = status();
  BOOST_TEST(s["subscribers"] == 0);
  BOOST_TEST(s["gone"].get<int>() + s["unanswered"].get<int>() == 2);
  BOOST_TEST(s["queued"] == 0);
  publish({result_of("a", 3)});
  BOOST_TEST(answers.size() == 3u);
}

BOOST_AUTO_TEST_CASE(who_subscribes_again_changes_his_stream) {
  cfg.max_subscribers = 1;
  start();
  listener x;
  subscribe(x, "a");
  BOOST_TEST(subscribe(x, "b") == "subscribed");
  publish({result_of("a", 1), result_of("b", 2)});
  BOOST_TEST(x.frames == (std::vector<uint64_t>{2}),
             boost::test_tools::per_element());
  listener y;
  BOOST_TEST(subscribe(y)
             == "overload: failed to subscribe: there are 1 already; end one, "
                "or raise subscribers");
}

BOOST_AUTO_TEST_CASE(the_writer_is_there_from_the_start_and_comes_back) {
  listener file;
  auto spawned = 0;
  cfg.writer = [&] {
    ++spawned;
    listen(file);
    return file.handle;
  };
  start();
  publish({result_of("a", 1)});
  caf::anon_send_exit(file.handle, caf::exit_reason::kill);
  run();
  publish({result_of("a", 2)});
  BOOST_TEST(spawned == 2);
  BOOST_TEST(file.frames == (std::vector<uint64_t>{1, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_writer_that_dies_takes_up_what_it_had_not_taken) {
  listener file;
  file.patient = true;
  cfg.writer = [&] {
    file.owed.reset();
    listen(file);
    return file.handle;
  };
  start();
  publish({result_of("a", 1)}); // on its way
  publish({result_of("a", 2)});
  caf::anon_send_exit(file.handle, caf::exit_reason::kill);
  file.owed.reset();
  run();
  answer(file);
  BOOST_TEST(file.frames == (std::vector<uint64_t>{1, 1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(status()["gone"] == 0);
  answer(file);
  BOOST_TEST(status()["delivered"] == 2);
}

BOOST_AUTO_TEST_CASE(a_writer_that_always_dies_comes_back_ever_later) {
  std::vector<caf::actor_clock::time_point> spawned;
  cfg.max_writer_deaths = 5;
  cfg.writer = [&] {
    spawned.push_back(sys.clock().now());
    auto dies = [](caf::event_based_actor* me) {
      me->quit(caf::exit_reason::unhandled_exception);
    };
    return caf::actor_cast<caf::actor>(sys.spawn(dies));
  };
  start();
  publish({result_of("a", 1)});
  BOOST_TEST(spawned.size() == 2u); // once at once
  for (int i = 0; i < 1000; ++i)
    advance(10ms);
  BOOST_TEST_REQUIRE(spawned.size() == 6u);
  for (size_t i = 2; i < spawned.size(); ++i)
    BOOST_TEST((spawned[i] - spawned[i - 1] >= 50ms * (1 << (i - 2))));
  // There is an end to it, and somebody is told.
  auto x = status();
  BOOST_TEST(x["writer_deaths"] == 6);
  BOOST_TEST(x["subscribers"] == 0);
  BOOST_TEST(x["gone"] == 1);
  BOOST_TEST(x["last_error"].get<std::string>().find("no file any more")
             != std::string::npos);
  BOOST_TEST(answers == std::vector<std::string>{"kept"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
