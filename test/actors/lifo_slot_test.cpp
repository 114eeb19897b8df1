#include "actors/lifo_slot.hpp"

#include <boost/test/unit_test.hpp>

#include <caf/all.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace vpaas;

namespace {

/// Something to run that is never run.
struct job : caf::resumable {
  resume_result resume(caf::execution_unit*, size_t) override {
    return done;
  }

  void intrusive_ptr_add_ref_impl() override {
    // nop
  }

  void intrusive_ptr_release_impl() override {
    // nop
  }
};

struct scheduler_double {
  lifo_slot::coordinator_data& data() {
    return data_;
  }

  lifo_slot::coordinator_data data_{nullptr};
};

struct worker_double {
  explicit worker_double(scheduler_double& x) : parent_(x) {
    // nop
  }

  scheduler_double* parent() {
    return &parent_;
  }

  lifo_slot::worker_data& data() {
    return data_;
  }

  scheduler_double& parent_;
  lifo_slot::worker_data data_{nullptr};
};

struct fixture {
  scheduler_double scheduler;
  worker_double worker{scheduler};
  lifo_slot uut;
  job a, b, c;
};

struct system_config : caf::actor_system_config {
  explicit system_config(size_t threads) {
    load_lifo_slot(*this);
    set("scheduler.max-threads", threads);
    set("logger.file-verbosity", caf::atom("quiet"));
    set("logger.console-verbosity", caf::atom("quiet"));
  }
};

/// Answers with what it gets and one more.
caf::behavior adder() {
  return {[](int x) { return x + 1; }};
}

/// Two that send a message to and fro for ever.
caf::behavior player(caf::event_based_actor* self, std::atomic<bool>* goes_on) {
  return {[=](const caf::actor& other) {
    if (*goes_on)
      self->send(other, caf::actor{self});
  }};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(lifo_slot_tests, fixture)

BOOST_AUTO_TEST_CASE(a_worker_goes_on_with_whom_it_woke_last) {
  uut.central_enqueue(&scheduler, &a);
  uut.internal_enqueue(&worker, &b);
  BOOST_TEST(scheduler.data().queue.size() == 1u); // nobody was woken for b
  BOOST_TEST(uut.dequeue(&worker) == &b);
  BOOST_TEST(uut.dequeue(&worker) == &a);
}

BOOST_AUTO_TEST_CASE(of_two_the_first_is_for_other_workers) {
  uut.internal_enqueue(&worker, &a);
  uut.internal_enqueue(&worker, &b);
  worker_double other{scheduler};
  BOOST_TEST(uut.dequeue(&other) == &a);
  BOOST_TEST(uut.dequeue(&worker) == &b);
}

BOOST_AUTO_TEST_CASE(those_who_wake_each_other_let_others_have_a_turn) {
  uut.central_enqueue(&scheduler, &c);
  for (size_t i = 1; i < lifo_slot::most_in_a_row; ++i) {
    uut.internal_enqueue(&worker, &a);
    BOOST_TEST(uut.dequeue(&worker) == &a);
  }
  uut.internal_enqueue(&worker, &a);
  BOOST_TEST(uut.dequeue(&worker) == &c);
  BOOST_TEST(uut.dequeue(&worker) == &a);
}

BOOST_AUTO_TEST_CASE(with_nobody_else_they_go_on) {
  for (size_t i = 0; i < 3 * lifo_slot::most_in_a_row; ++i) {
    uut.internal_enqueue(&worker, &a);
    BOOST_TEST(uut.dequeue(&worker) == &a);
  }
}

BOOST_AUTO_TEST_CASE(whoever_used_up_its_messages_goes_to_the_end) {
  uut.central_enqueue(&scheduler, &a);
  uut.resume_job_later(&worker, &b);
  BOOST_TEST(uut.dequeue(&worker) == &a);
  BOOST_TEST(uut.dequeue(&worker) == &b);
}

BOOST_AUTO_TEST_CASE(nobody_is_left_behind_at_the_end) {
  uut.central_enqueue(&scheduler, &a);
  uut.internal_enqueue(&worker, &b);
  std::vector<caf::resumable*> left;
  auto take = [&](caf::resumable* x) { left.push_back(x); };
  uut.foreach_resumable(&worker, take);
  uut.foreach_central_resumable(&scheduler, take);
  BOOST_TEST((left == std::vector<caf::resumable*>{&b, &a}));
  uut.foreach_resumable(&worker, take);
  uut.foreach_central_resumable(&scheduler, take);
  BOOST_TEST(left.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_system_of_one_thread_answers_and_ends) {
  system_config cfg{1};
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
  auto first = sys.spawn(adder);
  auto chain = first * first * first;
  for (int i = 0; i < 1000; ++i)
    self->request(chain, std::chrono::minutes{1}, i)
      .receive([&](int x) { BOOST_TEST(x == i + 3); },
               [](const caf::error&) { BOOST_TEST(false); });
}

BOOST_AUTO_TEST_CASE(two_that_never_rest_keep_nobody_from_answering) {
  for (size_t threads : {1, 2}) {
    std::atomic<bool> goes_on{true};
    system_config cfg{threads};
    caf::actor_system sys{cfg};
    caf::scoped_actor self{sys};
    auto a = sys.spawn(player, &goes_on);
    auto b = sys.spawn(player, &goes_on);
    self->send(a, b);
    auto answers = sys.spawn(adder);
    for (int i = 0; i < 100; ++i)
      self->request(answers, std::chrono::minutes{1}, i)
        .receive([&](int x) { BOOST_TEST(x == i + 1); },
                 [](const caf::error&) { BOOST_TEST(false); });
    goes_on = false;
  }
}

BOOST_AUTO_TEST_SUITE_END()
