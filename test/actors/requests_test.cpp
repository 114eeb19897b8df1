#include "actors/requests.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

/// Answers when it is told to.
struct sleeper_state {
  std::vector<caf::typed_response_promise<int>> asked;
};

caf::behavior sleeper(caf::stateful_actor<sleeper_state>* self) {
  return {
    [self](int) {
      self->state.asked.push_back(self->make_response_promise<int>());
      return self->state.asked.back();
    },
    [self](release_atom, int x) {
      for (auto& y : std::exchange(self->state.asked, {}))
        y.deliver(x);
    },
    [self](lost_atom) {
      for (auto& y : std::exchange(self->state.asked, {}))
        y.deliver(caf::make_error(ec::io, "the disk is full"));
    },
  };
}

/// What happened to the requests, in order; a timeout is -1, an error -2.
using log = std::shared_ptr<std::vector<int>>;

struct asker_state {
  requests asked;
};

caf::behavior asker(caf::stateful_actor<asker_state>* self, caf::actor to,
                    log out) {
  self->monitor(to);
  self->set_down_handler(
    [=](const caf::down_msg& x) { self->state.asked.forget(self, x); });
  return {
    [=](caf::timespan limit) {
      self->state.asked.send(self, to, limit, 1)
        .then([out](int x) { out->push_back(x); },
              [out](const caf::error& x) {
                out->push_back(x == caf::sec::request_timeout ? -1 : -2);
              });
    },
  };
}

struct fixture : test::test_system {
  fixture() {
    to = sys.spawn(sleeper);
    uut = sys.spawn(asker, to, out);
  }

  ~fixture() {
    for (auto& x : {uut, to})
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  template <class... Ts>
  void tell(const caf::actor& x, Ts... xs) {
    caf::anon_send(x, xs...);
    run();
  }

  log out = std::make_shared<std::vector<int>>();
  caf::actor to, uut;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(requests_tests, fixture)

BOOST_AUTO_TEST_CASE(answers_and_errors_come_through) {
  tell(uut, caf::timespan{5s});
  tell(to, release_atom_v, 7);
  tell(uut, caf::timespan{5s});
  tell(to, lost_atom_v);
  caf::anon_send_exit(to, caf::exit_reason::kill);
  tell(uut, caf::timespan{5s});
  BOOST_TEST(*out == (std::vector<int>{7, -2, -2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_is_given_up_in_its_time_and_late_answers_drop) {
  tell(uut, caf::timespan{5s});
  tell(uut, caf::timespan{2s});
  advance(1s);
  BOOST_TEST(out->empty());
  advance(1s);
  BOOST_TEST(out->size() == 1u);
  tell(uut, caf::timespan{9s});
  advance(3s);
  BOOST_TEST(out->size() == 2u);
  tell(to, release_atom_v, 7);
  advance(20s);
  BOOST_TEST(*out == (std::vector<int>{-1, -1, 7}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(many_requests_set_one_alarm) {
  for (int i = 0; i < 100; ++i)
    tell(uut, caf::timespan{5s});
  tell(to, release_atom_v, 7);
  BOOST_TEST(out->size() == 100u);
  BOOST_TEST(scheduler().clock().schedule().size() == 1u);
}

// CAF answers for what lies in the mailbox of a dead actor, not for what it had
// taken.
BOOST_AUTO_TEST_CASE(what_the_dead_had_taken_fails_at_once) {
  tell(uut, caf::timespan{1h});
  tell(uut, caf::timespan{2h});
  BOOST_TEST(out->empty());
  caf::anon_send_exit(to, caf::exit_reason::kill);
  run();
  BOOST_TEST(*out == (std::vector<int>{-2, -2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
