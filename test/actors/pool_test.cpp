#include "actors/pool.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <random>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// Answers from outside the actor that made the promise, dead or alive.
template <class... Ts>
void answer_now(const caf::response_promise& to, Ts... xs) {
  to.source()->enqueue(nullptr, to.id().response_id(),
                       caf::make_message(std::move(xs)...), nullptr);
}

/// What the test holds of the workers: they take jobs and answer nothing until
/// the test says so.
struct workshop {
  struct held {
    uint64_t seq;
    caf::response_promise promise;
  };

  std::map<uint64_t, std::vector<held>> jobs; ///< by number of the worker
  std::map<uint64_t, caf::actor> workers;
  std::set<uint64_t> deaf; ///< those that do not answer canaries
  std::vector<std::pair<uint64_t, caf::response_promise>> not_ready;
  bool slow_start = false;
  bool broken = false;     ///< no worker can be made
  bool weightless = false; ///< workers end while they start
  uint64_t made = 0;
};

using worker_actor = function_actor::extend<caf::reacts_to<stop_atom>>;

worker_actor::behavior_type worker(worker_actor::pointer self, workshop* shop,
                                   uint64_t id) {
  self->set_exception_handler( // as CAF's own, but quiet
    [](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
  if (shop->weightless)
    self->quit(caf::make_error(ec::model_missing, "no weights"));
  return {
    [=](status_atom) -> caf::result<status_report> {
      if (shop->deaf.count(id) == 0)
        return status_report{};
      self->make_response_promise();
      return caf::delegated<status_report>{};
    },
    [=](ready_atom) -> caf::result<void> {
      if (!shop->slow_start)
        return caf::unit;
      shop->not_ready.emplace_back(id, self->make_response_promise());
      return caf::delegated<void>{};
    },
    [=](apply_atom, item& x) -> caf::result<item> {
      if (x.kind == "throw")
        throw std::runtime_error("broken");
      if (x.kind == "bad")
        return caf::make_error(ec::bad_input, "bad");
      shop->jobs[id].push_back({x.seq, self->make_response_promise()});
      return caf::delegated<item>{};
    },
    [](apply_atom, const item& x, const document&) { return x; },
    [](configure_atom, const document& x) { return x; },
    [](describe_atom) { return function_spec{}; },
    [=](stop_atom) { self->quit(); },
  };
}

using client_actor = caf::typed_actor<caf::reacts_to<submit_atom, job>>;

/// Submits for the test and writes down what it gets: "a1 ok", "a2 deadline".
client_actor::behavior_type client(client_actor::pointer self, std::string name,
                                   pool_actor pool,
                                   std::vector<std::string>* log) {
  return {
    [=](submit_atom, job& x) {
      auto key = name + std::to_string(x.input.seq) + " ";
      self->request(pool, caf::infinite, submit_atom_v, std::move(x))
        .then([=](const item&) { log->push_back(key + "ok"); },
              [=](const caf::error& e) {
                auto text = describe(e);
                log->push_back(key + text.substr(0, text.find(':')));
              });
    },
  };
}

struct fixture : test::test_system {
  ~fixture() {
    stop();
  }

  void stop() {
    if (uut)
      self->send_exit(uut, caf::exit_reason::user_shutdown);
    uut = nullptr;
    clients.clear();
    run();
  }

  void spawn(pool_config cfg) {
    BOOST_REQUIRE(!cfg.validate());
    uut = sys.spawn(pool, cfg, [this]() -> caf::expected<caf::actor> {
      if (shop.broken)
        return caf::make_error(ec::model_missing, "no weights");
      auto id = ++shop.made;
      auto result = caf::actor_cast<caf::actor>(sys.spawn(worker, &shop, id));
      shop.workers[id] = result;
      return result;
    });
    self->monitor(uut);
    run();
  }

  client_actor& from(const std::string& name) {
    auto& x = clients[name];
    if (!x)
      x = sys.spawn(client, name, uut, &log);
    return x;
  }

  void submit(const std::string& name, uint64_t seq, uint8_t priority = 0,
              caf::timespan deadline = 0s, const std::string& kind = "work") {
    self->send(from(name), submit_atom_v,
               job{{kind, name, seq, {}}, priority, deadline});
    run();
  }

  void kill(const std::string& name) {
    self->send_exit(from(name), caf::exit_reason::kill);
    clients.erase(name);
    run();
  }

  /// Lets worker `id` answer its oldest job; returns the job's number.
  uint64_t answer(uint64_t id) {
    auto& jobs = shop.jobs[id];
    BOOST_REQUIRE(!jobs.empty());
    auto x = jobs.front();
    jobs.erase(jobs.begin());
    answer_now(x.promise, item{"done", "", x.seq, {}});
    run();
    return x.seq;
  }

  void end_worker(uint64_t id, caf::error reason) {
    self->send_exit(shop.workers[id], std::move(reason));
    run();
  }

  void end_normally(uint64_t id) {
    self->send(caf::actor_cast<caf::actor>(shop.workers[id]), stop_atom_v);
    run();
  }

  pool_status status() {
    pool_status result;
    auto reply = self->request(uut, caf::infinite, status_atom_v);
    run();
    reply.receive(
      [&](const status_report& x) {
        result = *from_json<pool_status>(x.details.value());
      },
      [](const caf::error& e) { BOOST_FAIL(describe(e)); });
    return result;
  }

  /// The log since the last call, as one line.
  std::string logged() {
    std::string result;
    for (const auto& x : log)
      result += (result.empty() ? "" : ", ") + x;
    log.clear();
    return result;
  }

  /// Why the pool ended; "alive" where it did not.
  std::string end_of_pool() {
    std::string result = "alive";
    self->receive([&](const caf::down_msg& x) { result = describe(x.reason); },
                  caf::after(0s) >> [] {});
    return result;
  }

  workshop shop;
  std::vector<std::string> log;
  std::map<std::string, client_actor> clients;
  pool_actor uut;
};

pool_config workers(uint32_t n, uint32_t capacity = 64,
                    overflow policy = overflow::displace) {
  pool_config result;
  result.workers = n;
  result.capacity = capacity;
  result.when_full = policy;
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(pool_tests, fixture)

// -- routing ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(whoever_is_free_gets_the_next_job) {
  spawn(workers(2));
  for (auto i : {1, 2, 3, 4})
    submit("a", i);
  BOOST_TEST(answer(2) == 2u);
  BOOST_TEST(answer(2) == 3u); // worker 1 is still busy with 1
  BOOST_TEST(answer(2) == 4u);
  BOOST_TEST(answer(1) == 1u);
  BOOST_TEST(logged() == "a2 ok, a3 ok, a4 ok, a1 ok");
  BOOST_TEST(status().idle == 2u);
}

BOOST_AUTO_TEST_CASE(
  a_worker_with_slots_gets_several_jobs_the_least_busy_first) {
  auto cfg = workers(2);
  cfg.slots = 2;
  spawn(cfg);
  for (auto i : {1, 2, 3, 4, 5})
    submit("a", i);
  BOOST_TEST(shop.jobs[1].size() == 2u);
  BOOST_TEST(shop.jobs[2].size() == 2u);
  BOOST_TEST(status().queued == 1u);
  BOOST_TEST(answer(2) == 2u);
  BOOST_TEST(shop.jobs[2].back().seq == 5u);
}

BOOST_AUTO_TEST_CASE(important_jobs_overtake) {
  spawn(workers(1));
  submit("a", 1);
  submit("a", 2, 1);
  submit("a", 3, 9);
  submit("a", 4, 9);
  for (auto expected : {1u, 3u, 4u, 2u})
    BOOST_TEST(answer(1) == expected);
}

BOOST_AUTO_TEST_CASE(an_error_of_a_worker_is_the_answer_and_it_lives_on) {
  spawn(workers(1));
  submit("a", 1, 0, 0s, "bad");
  submit("a", 2);
  answer(1);
  BOOST_TEST(logged() == "a1 bad_input, a2 ok");
  BOOST_TEST(status().failed == 1u);
  BOOST_TEST(shop.made == 1u);
}

BOOST_AUTO_TEST_CASE(waiting_and_serving_are_timed) {
  spawn(workers(1));
  submit("a", 1);
  submit("a", 2);
  advance(40ms);
  answer(1);
  advance(20ms);
  answer(1);
  auto x = status();
  BOOST_TEST(x.wait.count == 2u);
  BOOST_TEST((x.wait.max == 40ms));
  BOOST_TEST((x.service.max == 40ms));
  BOOST_TEST((x.service.p50 > 19ms && x.service.p50 < 21ms));
}

BOOST_AUTO_TEST_CASE(it_is_ready_when_a_worker_is) {
  shop.slow_start = true;
  spawn(workers(2));
  auto reply = self->request(uut, caf::infinite, ready_atom_v);
  submit("a", 1);
  BOOST_TEST(shop.jobs.empty());
  answer_now(shop.not_ready[1].second);
  run();
  BOOST_TEST(shop.jobs[2].size() == 1u);
  reply.receive([] {}, [](const caf::error& e) { BOOST_FAIL(describe(e)); });
  self->request(uut, caf::infinite, ready_atom_v);
  run();
  BOOST_TEST(status().ready == 1u);
}

BOOST_AUTO_TEST_CASE(a_worker_that_does_not_get_ready_is_replaced) {
  shop.slow_start = true;
  auto cfg = workers(1);
  cfg.start_timeout = 2s;
  spawn(cfg);
  advance(2s);
  shop.slow_start = false;
  advance(50ms);
  BOOST_TEST(shop.made == 2u);
  BOOST_TEST(status().ready == 1u);
  BOOST_TEST(status().died == 1u);
}

// -- bounds -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_full_pool_rejects) {
  spawn(workers(1, 2));
  for (auto i : {1, 2, 3, 4})
    submit("a", i);
  BOOST_TEST(logged() == "a4 overload");
  BOOST_TEST(status().rejected == 1u);
  BOOST_TEST(status().queued == 2u);
}

BOOST_AUTO_TEST_CASE(a_live_job_takes_the_place_of_one_that_can_wait) {
  spawn(workers(1, 2));
  for (auto i : {1, 2, 3})
    submit("file", i);
  submit("cam", 4, 1);
  BOOST_TEST(logged() == "file3 overload");
  submit("cam", 5, 1);
  submit("cam", 6, 1);
  BOOST_TEST(logged() == "file2 overload, cam6 overload");
  BOOST_TEST(status().displaced == 2u);
  BOOST_TEST(status().rejected == 1u);
  for (auto expected : {1u, 4u, 5u})
    BOOST_TEST(answer(1) == expected);
}

BOOST_AUTO_TEST_CASE(a_pool_that_only_rejects_displaces_nothing) {
  spawn(workers(1, 2, overflow::reject));
  for (auto i : {1, 2, 3})
    submit("file", i);
  submit("cam", 4, 1);
  BOOST_TEST(logged() == "cam4 overload");
}

BOOST_AUTO_TEST_CASE(a_job_expires_at_its_deadline) {
  spawn(workers(1));
  submit("a", 1, 0, 10ms); // begun at once: a deadline is for waiting
  submit("a", 2, 0, 30ms);
  submit("a", 3, 0, 20ms);
  submit("a", 4);
  advance(19ms);
  BOOST_TEST(logged().empty());
  advance(1ms);
  BOOST_TEST(logged() == "a3 deadline");
  advance(10ms);
  BOOST_TEST(logged() == "a2 deadline");
  BOOST_TEST(status().expired == 2u);
  BOOST_TEST(answer(1) == 1u);
  BOOST_TEST(answer(1) == 4u);
  BOOST_TEST(logged() == "a1 ok, a4 ok");
}

BOOST_AUTO_TEST_CASE(an_endless_deadline_is_none) {
  spawn(workers(1));
  submit("a", 1);
  submit("a", 2, 0, caf::timespan::max());
  submit("a", 3, 0, -1s);
  advance(1s);
  BOOST_TEST(status().queued == 2u);
}

// -- senders ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_dead_sender_takes_its_waiting_jobs_along) {
  spawn(workers(1));
  submit("a", 1);
  submit("a", 2);
  submit("b", 3);
  kill("a");
  BOOST_TEST(status().orphaned == 1u);
  BOOST_TEST(answer(1) == 1u); // was begun
  BOOST_TEST(answer(1) == 3u);
  BOOST_TEST(logged() == "b3 ok");
}

BOOST_AUTO_TEST_CASE(waiting_jobs_of_a_stream_can_be_taken_back) {
  spawn(workers(1));
  submit("a", 1);
  submit("a", 2);
  submit("b", 3);
  submit("a", 4);
  self->send(uut, cancel_atom_v, std::string{"a"});
  run();
  BOOST_TEST(logged() == "a2 cancelled, a4 cancelled");
  BOOST_TEST(status().orphaned == 2u);
  BOOST_TEST(answer(1) == 1u); // was begun
  BOOST_TEST(answer(1) == 3u);
}

BOOST_AUTO_TEST_CASE(no_worker_gets_the_job_of_a_dead_sender_again) {
  spawn(workers(1));
  submit("a", 1);
  kill("a");
  end_worker(1, ec::inference);
  advance(1s);
  BOOST_TEST(shop.made == 2u);
  BOOST_TEST(status().orphaned == 1u);
  BOOST_TEST(status().running == 0u);
}

BOOST_AUTO_TEST_CASE(an_ending_pool_answers_everybody) {
  spawn(workers(1, 2));
  submit("a", 1);
  submit("a", 2);
  submit("a", 3);
  auto alive = clients;
  stop();
  BOOST_TEST(logged()
             == "a1 request_receiver_down, a2 request_receiver_down, "
                "a3 request_receiver_down");
  self->send(shop.workers[1], status_atom_v);
  auto reply = self->request(shop.workers[1], caf::infinite, ready_atom_v);
  run();
  reply.receive([] { BOOST_FAIL("the worker lives"); },
                [](const caf::error&) {});
}

// -- workers that fail --------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_stalled_worker_is_replaced_and_its_job_done_by_another) {
  spawn(workers(2));
  submit("a", 1);
  shop.deaf.insert(1);
  for (int i = 0; i < 4; ++i)
    advance(1250ms);
  BOOST_TEST(status().stalled == 0u);
  advance(1250ms);
  BOOST_TEST(status().stalled == 1u);
  BOOST_REQUIRE(shop.jobs[2].size() == 1u);
  answer(2);
  BOOST_TEST(logged() == "a1 ok");
  advance(50ms);
  BOOST_TEST(shop.made == 3u);
  BOOST_TEST(status().ready == 2u);
  BOOST_TEST(status().retried == 1u);
}

BOOST_AUTO_TEST_CASE(workers_that_stall_together_cost_a_job_one_try) {
  spawn(workers(2));
  submit("a", 1);
  shop.deaf = {1, 2};
  for (int i = 0; i < 5; ++i)
    advance(1250ms);
  BOOST_TEST(status().stalled == 2u);
  BOOST_TEST(status().queued == 1u);
  advance(50ms);
  BOOST_TEST(shop.jobs[3].size() + shop.jobs[4].size() == 1u);
  BOOST_TEST(logged().empty());
}

BOOST_AUTO_TEST_CASE(a_late_answer_is_counted_and_not_delivered_twice) {
  spawn(workers(2));
  submit("a", 1);
  shop.deaf.insert(1);
  for (int i = 0; i < 5; ++i)
    advance(1250ms);
  answer(1); // after it was abandoned
  BOOST_TEST(logged().empty());
  BOOST_TEST(status().late == 1u);
  answer(2);
  BOOST_TEST(logged() == "a1 ok");
  BOOST_TEST(status().answered == 1u);
}

BOOST_AUTO_TEST_CASE(a_worker_that_answers_canaries_may_take_its_time) {
  spawn(workers(1));
  submit("a", 1);
  for (int i = 0; i < 40; ++i)
    advance(1250ms);
  BOOST_TEST(status().stalled == 0u);
  BOOST_TEST(answer(1) == 1u);
}

BOOST_AUTO_TEST_CASE(a_worker_that_forgets_a_job_is_replaced) {
  spawn(workers(1)); // job_timeout is 48 ticks
  submit("a", 1);
  for (int i = 0; i < 48; ++i)
    advance(1250ms);
  BOOST_TEST(status().stalled == 0u);
  advance(1250ms);
  BOOST_TEST(status().stalled == 1u);
}

BOOST_AUTO_TEST_CASE(an_idle_worker_that_hangs_is_found) {
  spawn(workers(1));
  shop.deaf.insert(1);
  for (int i = 0; i < 5; ++i)
    advance(1250ms);
  BOOST_TEST(status().stalled == 1u);
}

BOOST_AUTO_TEST_CASE(answers_are_signs_of_life_too) {
  spawn(workers(1));
  shop.deaf.insert(1); // its canaries wait behind its jobs
  for (int i = 0; i < 20; ++i) {
    submit("a", i);
    advance(1250ms);
    answer(1);
  }
  BOOST_TEST(status().stalled == 0u);
}

BOOST_AUTO_TEST_CASE(a_pause_of_the_whole_process_is_nobodys_fault) {
  spawn(workers(1));
  submit("a", 1);
  advance(1h); // one tick is late, and so is everything else
  BOOST_TEST(status().stalled == 0u);
  BOOST_TEST(shop.made == 1u);
}

BOOST_AUTO_TEST_CASE(a_dead_worker_is_replaced_after_a_delay_that_grows) {
  spawn(workers(1));
  for (auto delay : {50ms, 100ms, 200ms}) {
    auto made = shop.made;
    end_worker(made, ec::inference);
    advance(delay / 2 - 1ms);
    BOOST_TEST(shop.made == made);
    advance(delay / 2 + 1ms);
    BOOST_TEST(shop.made == made + 1);
  }
  submit("a", 1);
  answer(4); // it works: what was before is forgiven
  end_worker(4, ec::inference);
  advance(50ms);
  BOOST_TEST(shop.made == 5u);
  BOOST_TEST(status().died == 4u);
}

BOOST_AUTO_TEST_CASE(a_job_that_kills_its_workers_is_given_up) {
  spawn(workers(2));
  submit("a", 1, 0, 0s, "throw");
  BOOST_TEST(logged() == "a1 runtime_error");
  BOOST_TEST(status().lost == 1u);
  BOOST_TEST(status().died == 2u);
  submit("a", 2);
  advance(50ms);
  BOOST_TEST(status().ready == 2u);
  BOOST_TEST(status().running == 1u);
}

BOOST_AUTO_TEST_CASE(jobs_in_the_mailbox_of_a_dead_worker_are_done_by_another) {
  auto cfg = workers(1);
  cfg.slots = 3;
  spawn(cfg);
  for (auto i : {1, 2, 3})
    submit("a", i);
  end_worker(1, ec::inference);
  BOOST_TEST(status().queued == 3u);
  advance(50ms);
  for (auto expected : {1u, 2u, 3u})
    BOOST_TEST(answer(2) == expected);
  BOOST_TEST(logged() == "a1 ok, a2 ok, a3 ok");
}

BOOST_AUTO_TEST_CASE(when_workers_keep_dying_the_pool_ends_and_says_why) {
  spawn(workers(1));
  submit("a", 1);
  submit("a", 2);
  shop.broken = true;
  end_worker(1, ec::inference);
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(end_of_pool() == "alive");
    advance(5s);
  }
  BOOST_TEST(end_of_pool()
             == "model_missing: failed to keep workers: 6 lost within 30s, the "
                "last one: model_missing: no weights");
  BOOST_TEST(logged() == "a1 request_receiver_down, a2 request_receiver_down");
  uut = nullptr;
}

BOOST_AUTO_TEST_CASE(a_pool_whose_workers_cannot_start_says_their_reason) {
  shop.weightless = true;
  pool_config cfg;
  cfg.intensity = 1;
  spawn(cfg);
  advance(100ms);
  BOOST_TEST(end_of_pool()
             == "model_missing: failed to keep workers: 2 lost within 30s, the "
                "last one: model_missing: no weights");
}

BOOST_AUTO_TEST_CASE(workers_that_end_normally_are_lost_ones_too) {
  pool_config cfg;
  cfg.intensity = 1;
  spawn(cfg);
  end_normally(1);
  advance(50ms);
  submit("a", 1);
  end_normally(2);
  BOOST_TEST(end_of_pool()
             == "runtime_error: failed to keep workers: 2 lost within 30s, the "
                "last one: a normal end");
  BOOST_TEST(logged() == "a1 request_receiver_down");
  uut = nullptr;
}

BOOST_AUTO_TEST_CASE(losses_far_apart_are_borne) {
  spawn(workers(1));
  for (int i = 0; i < 20; ++i) {
    end_worker(shop.made, ec::inference);
    advance(5s);
    advance(5s);
  }
  BOOST_TEST(end_of_pool() == "alive");
  BOOST_TEST(shop.made == 21u);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_cannot_be_is_refused) {
  BOOST_TEST(!pool_config{}.validate());
  auto refused = [](auto change) {
    pool_config x;
    change(x);
    return x.validate() == ec::bad_config;
  };
  BOOST_TEST(refused([](auto& x) { x.workers = 0; }));
  BOOST_TEST(refused([](auto& x) { x.slots = 0; }));
  BOOST_TEST(refused([](auto& x) { x.capacity = 0; }));
  BOOST_TEST(refused([](auto& x) { x.stall_after = 3ms; }));
  BOOST_TEST(refused([](auto& x) { x.job_timeout = x.stall_after - 1ms; }));
  BOOST_TEST(refused([](auto& x) { x.start_timeout = 0s; }));
  BOOST_TEST(refused([](auto& x) { x.period = 0s; }));
  BOOST_TEST(refused([](auto& x) { x.delay = 0s; }));
  BOOST_TEST(refused([](auto& x) { x.max_delay = x.delay - 1ms; }));
}

BOOST_AUTO_TEST_SUITE_END()

// -- conservation -------------------------------------------------------------

namespace {

/// Does anything that can happen to a pool, at random.
struct chaos : fixture {
  explicit chaos(overflow policy) {
    auto cfg = workers(3, 8, policy);
    cfg.slots = 2;
    cfg.intensity = 1000000;
    cfg.delay = 1ms;
    cfg.max_delay = 20ms;
    spawn(cfg);
  }

  uint64_t any(uint64_t n) {
    return random() % n;
  }

  std::string any_client() {
    return std::string(1, static_cast<char>('a' + any(4)));
  }

  uint64_t any_worker() {
    return shop.made - any(std::min<uint64_t>(shop.made, 6));
  }

  void submit_any(const std::string& kind) {
    auto name = any_client();
    owed[name].insert(name + std::to_string(++submitted));
    submit(name, submitted, static_cast<uint8_t>(any(3)),
           caf::timespan{any(3) * 10ms}, kind);
  }

  void kill_any() {
    auto name = any_client();
    owed.erase(name);
    kill(name);
  }

  void step() {
    auto kind = any(40) == 0 ? "throw" : any(10) == 0 ? "bad" : "work";
    switch (any(16)) {
      default:
        submit_any(kind);
        break;
      case 7:
      case 8:
      case 9:
      case 10:
      case 11:
        if (auto id = any_worker(); !shop.jobs[id].empty())
          answer(id);
        break;
      case 12:
        advance(caf::timespan{any(15) * 1ms});
        break;
      case 13:
        advance(any(4) == 0 ? 1250ms : 1ms);
        break;
      case 14:
        if (any(4) == 0)
          kill_any();
        break;
      case 15:
        if (any(2) == 0)
          end_worker(any_worker(), ec::inference);
        else if (any(3) == 0)
          shop.deaf.insert(any_worker());
        break;
    }
  }

  void check_counts() {
    auto x = status();
    auto answered = x.answered + x.failed + x.lost + x.orphaned + x.rejected
                    + x.displaced + x.expired;
    BOOST_REQUIRE(x.submitted == submitted);
    BOOST_REQUIRE(x.submitted == answered + x.queued + x.running);
    BOOST_REQUIRE(x.queued <= 8 + 6); // retried jobs come on top
    BOOST_REQUIRE(x.idle <= x.ready && x.ready <= x.workers);
  }

  /// Nobody is answered twice, and whoever lives is answered in the end.
  void check_answers() {
    std::map<std::string, int> answers;
    for (const auto& x : log)
      ++answers[x.substr(0, x.find(' '))];
    for (const auto& x : answers)
      BOOST_REQUIRE_MESSAGE(x.second == 1, x.first);
    for (const auto& [name, jobs] : owed)
      for (const auto& x : jobs)
        BOOST_REQUIRE_MESSAGE(answers.count(x) == 1, x);
    auto left = status();
    BOOST_TEST(left.queued + left.running == 0u);
  }

  void drain() {
    shop.deaf.clear();
    for (int round = 0; round < 100; ++round) {
      advance(100ms);
      for (auto& x : shop.jobs)
        while (!x.second.empty())
          answer(x.first);
    }
  }

  std::minstd_rand random{20260101};
  uint64_t submitted = 0;
  std::map<std::string, std::set<std::string>> owed; ///< to those that live
};

} // namespace

BOOST_AUTO_TEST_SUITE(pool_conservation_tests)

BOOST_AUTO_TEST_CASE(no_job_is_lost_or_answered_twice_whatever_happens) {
  for (auto policy : {overflow::reject, overflow::displace}) {
    chaos uut{policy};
    for (int i = 0; i < 4000; ++i) {
      uut.step();
      uut.check_counts();
    }
    uut.drain();
    uut.check_answers();
    auto x = uut.status();
    for (auto reason : {x.answered, x.failed, x.lost, x.orphaned, x.expired,
                        x.retried, x.died, x.stalled, x.late})
      BOOST_TEST(reason > 0u); // the schedule has met every case
  }
}

BOOST_AUTO_TEST_SUITE_END()
