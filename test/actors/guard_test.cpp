#include "actors/guard.hpp"

#include "messages/report.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <mutex>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// A place where threads wait for good, until it is opened.
class latch {
public:
  void wait() {
    std::unique_lock<std::mutex> lock{mutex_};
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }

  void await(int n) {
    std::unique_lock<std::mutex> lock{mutex_};
    changed_.wait(lock, [=] { return waiting_ >= n; });
  }

  void open() {
    std::lock_guard<std::mutex> lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

caf::behavior echo(caf::event_based_actor* self) {
  return {
    [](int x) { return x; },
    [=](stop_atom) { self->quit(); },
    [=](stop_atom, const caf::error& reason) { self->quit(reason); },
  };
}

caf::behavior hanging(caf::event_based_actor*, latch* at) {
  return {
    [=](int x) {
      at->wait();
      return x;
    },
  };
}

struct fixture : test::test_system {
  int ask(const caf::actor& x, int what) {
    auto result = -1;
    auto reply = self->request(x, caf::infinite, what);
    run();
    reply.receive([&](int y) { result = y; }, [](const caf::error&) {});
    return result;
  }

  /// Why it ended; "alive" where it did not.
  std::string end_of(const caf::actor& x) {
    std::string result = "alive";
    self->receive(
      [&](const caf::down_msg& down) {
        BOOST_TEST((down.source == x.address()));
        result = describe(down.reason);
      },
      caf::after(0s) >> [] {});
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(guard_tests, fixture)

BOOST_AUTO_TEST_CASE(messages_pass_and_the_answer_comes_from_behind) {
  auto uut = guarded(sys, sys.spawn(echo));
  BOOST_TEST(ask(uut, 7) == 7);
  self->send_exit(uut, caf::exit_reason::user_shutdown);
  run();
}

BOOST_AUTO_TEST_CASE(it_ends_as_the_actor_behind_it_ends) {
  auto crashing = guarded(sys, sys.spawn(echo));
  self->monitor(crashing);
  self->send(crashing, stop_atom_v, caf::make_error(ec::io, "no disk"));
  run();
  BOOST_TEST(end_of(crashing) == "io: no disk");
  auto ending = guarded(sys, sys.spawn(echo));
  self->monitor(ending);
  self->send(ending, stop_atom_v);
  run();
  BOOST_TEST(end_of(ending) == "none");
  BOOST_TEST(ask(ending, 7) == -1); // at once
}

BOOST_AUTO_TEST_CASE(asked_to_end_it_waits_for_the_actor_behind_it) {
  auto behind = sys.spawn([](caf::event_based_actor* me) {
    me->set_exit_handler([](const caf::exit_msg&) {});
    return caf::behavior{[=](stop_atom) { me->quit(); }};
  });
  auto uut = guarded(sys, caf::actor_cast<caf::actor>(behind));
  self->monitor(uut);
  self->send_exit(uut, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(end_of(uut) == "alive");
  self->send(uut, stop_atom_v);
  run();
  BOOST_TEST(end_of(uut) == "none");
}

BOOST_AUTO_TEST_CASE(killed_it_takes_the_actor_behind_it_along) {
  auto behind = sys.spawn(echo);
  auto uut = guarded(sys, behind);
  self->monitor(behind);
  self->send_exit(uut, caf::exit_reason::kill);
  run();
  BOOST_TEST(end_of(behind) == "kill");
  BOOST_TEST(hung_threads() == 0u);
}

// Real threads: only they can hang.
BOOST_AUTO_TEST_CASE(killed_it_has_ended_though_the_thread_behind_it_hangs) {
  latch at;
  auto behind = sys.spawn<caf::detached>(hanging, &at);
  self->monitor(behind); // first: it is told last
  auto uut = guarded(sys, behind);
  self->monitor(uut);
  auto reply = self->request(uut, caf::infinite, 7);
  at.await(1);
  self->send_exit(uut, caf::exit_reason::kill);
  BOOST_TEST(end_of(uut) == "kill"); // though nothing ran in between
  BOOST_TEST(hung_threads() == 1u);
  BOOST_TEST(ask(uut, 8) == -1);
  at.open();
  auto late = 0;
  reply.receive([&](int x) { late = x; }, [](const caf::error&) {});
  BOOST_TEST(late == 7); // it goes to whoever asked
  self->receive([](const caf::down_msg& x) {
    BOOST_TEST((x.reason == caf::exit_reason::kill));
  });
  BOOST_TEST(hung_threads() == 0u);
}

BOOST_AUTO_TEST_CASE(too_many_hung_threads_are_said_to_be) {
  BOOST_TEST(!check_hung_threads());
  latch at;
  for (int i = 1; i <= int(max_hung_threads); ++i) {
    auto behind = sys.spawn<caf::detached>(hanging, &at);
    self->monitor(behind); // first: it is told last
    auto uut = guarded(sys, behind);
    caf::anon_send(uut, 1);
    at.await(i);
    self->send_exit(uut, caf::exit_reason::kill);
  }
  BOOST_TEST((check_hung_threads() == ec::overload));
  at.open();
  for (size_t i = 0; i < max_hung_threads; ++i)
    self->receive([](const caf::down_msg&) {});
  BOOST_TEST(!check_hung_threads());
}

BOOST_AUTO_TEST_SUITE_END()
