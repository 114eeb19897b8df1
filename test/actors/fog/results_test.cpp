#include "support/results_actor.hpp"

using namespace vpaas;
using namespace std::chrono_literals;
using test::batch_sizes;
using test::result_of;
using test::results_of;

using fixture = test::results_system;

BOOST_FIXTURE_TEST_SUITE(results_tests, fixture)

BOOST_AUTO_TEST_CASE(what_comes_during_a_transaction_is_in_the_next) {
  slow = true;
  cfg.max_batch = 5;
  start();
  publish(results_of("a", 0, 1));
  publish(results_of("b", 0, 2));
  publish(results_of("c", 0, 3));
  publish(results_of("d", 0, 1));
  BOOST_TEST(batches == (batch_sizes{1}), boost::test_tools::per_element());
  BOOST_TEST(answers.empty()); // not before it is on the disk
  BOOST_TEST(status()["waiting"] == 7);
  release_one();
  BOOST_TEST(answers.size() == 1u);
  // A batch ends with the publication that fills it.
  BOOST_TEST(batches == (batch_sizes{1, 5}), boost::test_tools::per_element());
  release();
  BOOST_TEST(batches == (batch_sizes{1, 5, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(answers == std::vector<std::string>(4, "kept"),
             boost::test_tools::per_element());
  BOOST_TEST(status()["commits"] == 3);
  BOOST_TEST(status()["stored"] == 7);
  BOOST_TEST(lookups == 1);
}

BOOST_AUTO_TEST_CASE(a_failing_ledger_is_tried_again_until_it_keeps) {
  broken = caf::make_error(ec::io, "the disk is full");
  start();
  publish(results_of("a", 0, 2));
  publish(results_of("a", 2, 1));
  BOOST_TEST(answers.empty());
  BOOST_TEST(status()["state"] == "waiting");
  BOOST_TEST(status()["last_error"] == "io: the disk is full");
  advance(100ms); // first_delay: it rests for 50 to 100 ms
  BOOST_TEST(status()["failures"] == 2);
  BOOST_TEST(batches == (batch_sizes{2, 3}), boost::test_tools::per_element());
  advance(99ms); // now for 100 to 200 ms
  BOOST_TEST(batches.size() == 2u);
  broken = {};
  advance(101ms);
  BOOST_TEST(answers == std::vector<std::string>(2, "kept"),
             boost::test_tools::per_element());
  BOOST_TEST(kept.size() == 3u);
  BOOST_TEST(status()["state"] == "ready");
}

BOOST_AUTO_TEST_CASE(beyond_the_bound_a_publisher_is_told_at_once) {
  cfg.max_waiting = 4;
  broken = caf::make_error(ec::io, "the disk is full");
  start();
  publish(results_of("a", 0, 3));
  publish(results_of("a", 3, 2));
  BOOST_TEST(
    answers
      == std::vector<
        std::
          string>{"io: failed to keep results: 3 wait for the ledger already "
                  "(io: the disk is full); publish them again later"},
    boost::test_tools::per_element());
  publish(results_of("a", 5, 1)); // there is room for this one
  BOOST_TEST(answers.size() == 1u);
  BOOST_TEST(status()["refused"] == 2);
  BOOST_TEST(status()["waiting"] == 4);
  broken = {};
  advance(10s);
  BOOST_TEST(answers.size() == 3u);
  BOOST_TEST(kept.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_ledger_that_died_is_found_anew_by_its_name) {
  slow = true;
  start();
  publish(results_of("a", 0, 2));
  // In the middle of a transaction, which nobody will answer.
  caf::anon_send_exit(ledger, caf::exit_reason::kill);
  ledger = nullptr;
  held.clear();
  run();
  BOOST_TEST(status()["failures"] == 1);
  advance(1s); // there is none: more failures, and nothing is lost
  BOOST_TEST(status()["waiting"] == 2);
  slow = false;
  ledger = start_ledger();
  advance(10s);
  BOOST_TEST(answers == std::vector<std::string>{"kept"},
             boost::test_tools::per_element());
  BOOST_TEST(status()["waiting"] == 0);
  // While idle too.
  caf::anon_send_exit(ledger, caf::exit_reason::kill);
  run();
  ledger = start_ledger();
  publish(results_of("a", 2, 1));
  BOOST_TEST(answers.size() == 2u);
  BOOST_TEST(status()["stored"] == 3);
}

BOOST_AUTO_TEST_CASE(a_ledger_that_hangs_is_asked_again_and_its_answer_late) {
  slow = true;
  start();
  publish(results_of("a", 0, 2));
  advance(10s);
  BOOST_TEST(status()["failures"] == 1);
  advance(100ms);
  BOOST_TEST(batches == (batch_sizes{2, 2}), boost::test_tools::per_element());
  release_one(); // of the first attempt
  BOOST_TEST(answers.empty());
  release();
  BOOST_TEST(answers == std::vector<std::string>{"kept"},
             boost::test_tools::per_element());
  BOOST_TEST(status()["stored"] == 2);
}

BOOST_AUTO_TEST_CASE(what_no_ledger_can_keep_holds_up_nobody) {
  start();
  auto bad = result_of("a", 1);
  bad.frame = ~0ull;
  publish({result_of("a", 0), bad});
  BOOST_TEST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].find("bad_input: ") == 0u, answers[0]);
  BOOST_TEST(status()["unfit"] == 2);
  publish({result_of("a", 0)});
  BOOST_TEST(answers[1] == "kept");
}

BOOST_AUTO_TEST_CASE(without_a_ledger_results_go_to_subscribers_only) {
  cfg.ledger = "";
  cfg.node = nullptr;
  start();
  listener x;
  BOOST_TEST(subscribe(x) == "subscribed");
  publish(results_of("a", 0, 2));
  BOOST_TEST(answers == std::vector<std::string>{"kept"},
             boost::test_tools::per_element());
  BOOST_TEST(x.frames == (std::vector<uint64_t>{0, 1}),
             boost::test_tools::per_element());
  auto reply = self->request(uut, 1s, find_atom_v, result_query{});
  run();
  std::string problem;
  reply.receive([](const std::vector<frame_result>&) {},
                [&](const caf::error& e) { problem = describe(e); });
  BOOST_TEST(problem
             == "not_found: failed to find results: this node keeps "
                "none; give it a ledger");
}

BOOST_AUTO_TEST_CASE(finding_is_the_ledgers) {
  start();
  result_query q;
  q.stream = "a";
  q.first = 7;
  auto reply = self->request(uut, 1s, find_atom_v, q);
  run();
  reply.receive(
    [](const std::vector<frame_result>& xs) {
      BOOST_TEST((xs == results_of("a", 7, 2)));
    },
    [](const caf::error& e) { BOOST_FAIL(describe(e)); });
}

BOOST_AUTO_TEST_CASE(asked_to_end_it_first_writes_what_it_has) {
  slow = true;
  start();
  auto ended = false;
  uut->attach_functor([&](const caf::error&) { ended = true; });
  publish(results_of("a", 0, 1));
  publish(results_of("a", 1, 1));
  caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(!ended);
  publish(results_of("a", 2, 1));
  BOOST_TEST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(answers[0].find("cancelled: ") == 0u, answers[0]);
  release();
  BOOST_TEST(ended);
  BOOST_TEST(kept.size() == 2u);
  BOOST_TEST(answers.size() == 3u);
}

BOOST_AUTO_TEST_CASE(killed_it_answers_who_waits) {
  slow = true;
  start();
  publish(results_of("a", 0, 1));
  publish(results_of("a", 1, 1));
  caf::anon_send_exit(uut, caf::exit_reason::kill);
  run();
  BOOST_TEST(answers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_ledger_that_is_away_holds_back_no_live_result) {
  cfg.max_waiting = 2;
  broken = caf::make_error(ec::io, "the disk is full");
  start();
  listener x;
  subscribe(x);
  publish(results_of("a", 0, 2));
  for (uint64_t i = 2; i < 6; ++i)
    publish(results_of("a", i, 1)); // refused
  BOOST_TEST(x.frames == (std::vector<uint64_t>{0, 1, 2, 3, 4, 5}),
             boost::test_tools::per_element());
  BOOST_TEST(answers.size() == 4u);
  BOOST_TEST(status()["refused"] == 4);
  // Published again, as they were told to: nobody gets them twice.
  publish(results_of("a", 2, 2));
  broken = {};
  advance(10s);
  publish(results_of("a", 2, 4));
  BOOST_TEST(kept.size() == 6u);
  BOOST_TEST(x.frames.size() == 6u);
  // A later revision is another result.
  publish({result_of("a", 3, 1)});
  BOOST_TEST(x.frames.size() == 7u);
}

BOOST_AUTO_TEST_SUITE_END()
