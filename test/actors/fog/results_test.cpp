#include "actors/fog/results.hpp"

#include "support/results.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <optional>

using namespace vpaas;
using namespace std::chrono_literals;
using test::result_of;
using test::results_of;

namespace {

using batch_sizes = std::vector<size_t>;

/// A node that knows one ledger, and subscribers.
struct fixture : test::test_system {
  batch_sizes batches; ///< that came to the ledger
  std::map<std::pair<std::string, uint64_t>, int> kept;
  std::deque<caf::response_promise> held; ///< transactions under way
  bool slow = false;                      ///< then they are held
  caf::error broken;
  int lookups = 0;
  caf::actor ledger = start_ledger();
  caf::actor directory = start_directory();
  results_config cfg;
  results_actor uut;
  std::vector<std::string> answers; ///< to publications, in order
  std::vector<caf::actor> others;

  fixture() {
    cfg.node = directory;
    cfg.seed = 1;
  }

  ~fixture() {
    held.clear();
    for (auto& x : others)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    for (auto& x : {ledger, directory, caf::actor_cast<caf::actor>(uut)})
      if (x)
        caf::anon_send_exit(x, caf::exit_reason::kill);
    run();
  }

  void start() {
    BOOST_TEST_REQUIRE(!cfg.validate());
    uut = sys.spawn(results, cfg);
    run();
  }

  caf::actor start_ledger() {
    return sys.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {
        [this, self](record_atom, const std::vector<frame_result>& xs)
          -> caf::result<uint64_t> {
          batches.push_back(xs.size());
          if (broken)
            return broken;
          for (auto& x : xs)
            ++kept[{x.stream, x.frame}];
          if (!slow)
            return uint64_t{xs.size()};
          held.push_back(self->make_response_promise());
          return caf::delegated<uint64_t>{};
        },
        [this](release_atom) { // CAF wants a promise kept by its actor
          held.front().deliver(uint64_t{1});
          held.pop_front();
        },
        [this](find_atom, const result_query& x) {
          return results_of(x.stream, x.first, 2);
        },
      };
    });
  }

  caf::actor start_directory() {
    return sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](resolve_atom,
                     const std::string& name) -> caf::result<caf::actor> {
        ++lookups;
        if (name != "ledger" || !ledger)
          return caf::make_error(ec::not_found, "no actor \"" + name + "\"");
        return ledger;
      }};
    });
  }

  /// Ends the oldest transaction under way.
  void release_one() {
    caf::anon_send(ledger, release_atom_v);
    run();
  }

  void release() {
    while (!held.empty())
      release_one();
  }

  void publish(std::vector<frame_result> xs) {
    others.push_back(sys.spawn([this, xs](caf::event_based_actor* me) {
      me->request(uut, 3600s, publish_atom_v, xs)
        .then([this] { answers.push_back("kept"); },
              [this](const caf::error& x) { answers.push_back(describe(x)); });
    }));
    run();
  }

  json status() {
    json result;
    auto reply = self->request(uut, 1s, status_atom_v);
    run();
    reply.receive(
      [&](const status_report& x) {
        result = x.details.value();
        result["state"] = x.state;
      },
      [&](const caf::error& x) { BOOST_FAIL(describe(x)); });
    BOOST_TEST(result["published"]
               == result["stored"].get<uint64_t>()
                    + result["waiting"].get<uint64_t>());
    return result;
  }

  /// What a subscriber got; it holds its answers while `patient`.
  struct listener {
    caf::actor handle;
    std::vector<uint64_t> frames;
    batch_sizes deliveries;
    std::optional<caf::response_promise> owed;
    bool patient = false;
    caf::error refusal;
  };

  void listen(listener& x) {
    x.handle = sys.spawn([&x](caf::event_based_actor* me) -> caf::behavior {
      return {
        [me, &x](result_atom,
                 const std::vector<frame_result>& xs) -> caf::result<void> {
          x.deliveries.push_back(xs.size());
          for (auto& r : xs)
            x.frames.push_back(r.frame);
          if (x.refusal)
            return x.refusal;
          if (!x.patient)
            return caf::unit;
          BOOST_TEST(!x.owed); // one request at a time
          x.owed = me->make_response_promise();
          return caf::delegated<void>{};
        },
        [&x](release_atom) {
          auto owed = std::move(*x.owed);
          x.owed.reset();
          owed.deliver(caf::unit);
        }};
    });
    others.push_back(x.handle);
  }

  std::string subscribe(listener& x, const std::string& stream = "") {
    if (!x.handle)
      listen(x);
    std::string result = "subscribed";
    auto reply = self->request(uut, 1s, subscribe_atom_v, stream, x.handle);
    run();
    reply.receive([] {}, [&](const caf::error& e) { result = describe(e); });
    return result;
  }

  void answer(listener& x) {
    caf::anon_send(x.handle, release_atom_v);
    run();
  }
};

} // namespace

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

BOOST_AUTO_TEST_SUITE_END()
