// What a supervisor does against what OTP documents (stdlib, `supervisor`):
//
//   one_for_one   "only that child process is affected"
//   one_for_all   "all other child processes are terminated and then all child
//                 processes are restarted"
//   rest_for_one  "the rest of the child processes (that is, the child
//                 processes after the terminated child process in the start
//                 order) are terminated. Then the terminated child process and
//                 all child processes after it are restarted"
//   permanent     "always restarted"
//   transient     "restarted only if it terminates abnormally, that is, with an
//                 exit reason other than normal, shutdown, or {shutdown,Term}"
//   temporary     "never restarted (not even when the supervisor restart
//                 strategy is rest_for_one or one_for_all and a sibling death
//                 causes the temporary process to be terminated)"
//
// Children start in the order of the list and are terminated in the reverse.

#include "support/family.hpp"

using namespace vpaas;
using namespace vpaas::test;
using namespace std::chrono_literals;

namespace {

/// What a restart of child `who` of a, b and c does, by hand.
struct restart_row {
  strategy how;
  const char* who;
  const char* events;
};

constexpr restart_row restarts[] = {
  {strategy::one_for_one, "a", "+a"},
  {strategy::one_for_one, "b", "+b"},
  {strategy::one_for_one, "c", "+c"},
  {strategy::one_for_all, "a", "-c -b +a +b +c"},
  {strategy::one_for_all, "b", "-c -a +a +b +c"},
  {strategy::one_for_all, "c", "-b -a +a +b +c"},
  {strategy::rest_for_one, "a", "-c -b +a +b +c"},
  {strategy::rest_for_one, "b", "-c +b +c"},
  {strategy::rest_for_one, "c", "+c"},
};

/// Whether a child is restarted that ends so, and whether the supervisor still
/// knows it if not: it keeps the place of all but temporary children.
struct end_row {
  restart_type type;
  const char* name;
  caf::error reason;
  bool restarted;
  bool kept;
};

std::vector<end_row> ends() {
  caf::error none;
  caf::error shutdown = caf::exit_reason::user_shutdown;
  caf::error killed = caf::exit_reason::kill;
  return {
    {restart_type::permanent, "permanent, normal", none, true, true},
    {restart_type::permanent, "permanent, shutdown", shutdown, true, true},
    {restart_type::permanent, "permanent, error", crash(), true, true},
    {restart_type::permanent, "permanent, kill", killed, true, true},
    {restart_type::transient, "transient, normal", none, false, true},
    {restart_type::transient, "transient, shutdown", shutdown, false, true},
    {restart_type::transient, "transient, error", crash(), true, true},
    {restart_type::transient, "transient, kill", killed, true, true},
    {restart_type::temporary, "temporary, normal", none, false, false},
    {restart_type::temporary, "temporary, shutdown", shutdown, false, false},
    {restart_type::temporary, "temporary, error", crash(), false, false},
    {restart_type::temporary, "temporary, kill", killed, false, false},
  };
}

void check(const restart_row& row, const end_row& how) {
  family f;
  std::vector<child_spec> specs;
  for (auto name : {"a", "b", "c"})
    specs.push_back(f.spec(
      name, std::string{name} == row.who ? how.type : restart_type::permanent));
  auto uut = f.begin(f.rules(row.how), specs);
  f.take_log();
  f.end(row.who, how.reason);
  auto title = to_string(row.how) + ", " + row.who + " ends, " + how.name;
  BOOST_TEST_CONTEXT(title) {
    BOOST_TEST(f.take_log() == (how.restarted ? row.events : ""));
    auto status = f.status_of(uut);
    BOOST_TEST(status.restarts == (how.restarted ? 1u : 0u));
    BOOST_TEST(status.children == (how.kept ? 3u : 2u));
    BOOST_TEST(status.ready == (how.restarted ? 3u : 2u));
    BOOST_TEST(!f.ended);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(supervisor_conformance_tests)

BOOST_AUTO_TEST_CASE(each_strategy_type_reason_and_position_does_as_in_otp) {
  for (const auto& row : restarts)
    for (const auto& how : ends())
      check(row, how);
}

BOOST_FIXTURE_TEST_CASE(a_temporary_sibling_that_is_taken_along_is_forgotten,
                        family) {
  auto uut = begin(rules(strategy::one_for_all),
                   {spec("a"), spec("b", restart_type::temporary), spec("c")});
  take_log();
  end("c", crash());
  BOOST_TEST(take_log() == "-b -a +a +c");
  BOOST_TEST(status_of(uut).children == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_transient_sibling_that_is_taken_along_comes_back,
                        family) {
  begin(rules(strategy::rest_for_one),
        {spec("a"), spec("b", restart_type::transient)});
  take_log();
  end("a", crash());
  BOOST_TEST(take_log() == "-b +a +b");
}

// OTP keeps the specification of a transient child that ended normally and
// starts the whole list again.
BOOST_FIXTURE_TEST_CASE(a_sibling_that_ended_normally_comes_back_with_the_rest,
                        family) {
  begin(rules(strategy::one_for_all),
        {spec("a", restart_type::transient), spec("b")});
  end("a", {});
  take_log();
  end("b", crash());
  BOOST_TEST(take_log() == "+a +b");
}

// "More than MaxR restarts within MaxT: terminates all the child processes and
// then itself."
BOOST_FIXTURE_TEST_CASE(more_restarts_than_the_intensity_end_it, family) {
  begin(rules(strategy::one_for_one, 2), {spec("a"), spec("b"), spec("c")});
  end("b", crash());
  end("b", crash());
  BOOST_TEST(!ended);
  take_log();
  end("b", crash("disk full"));
  BOOST_TEST(take_log() == "-c -a");
  BOOST_REQUIRE(ended);
  BOOST_TEST(describe(verdict)
             == "io: failed to keep child \"b\" running: 3 restarts within "
                "30s, the last because of io: disk full");
}

BOOST_FIXTURE_TEST_CASE(restarts_of_all_children_count_together, family) {
  begin(rules(strategy::one_for_one, 2), {spec("a"), spec("b"), spec("c")});
  end("a", crash());
  end("b", crash());
  end("c", crash());
  BOOST_TEST(ended);
}

BOOST_FIXTURE_TEST_CASE(restarts_that_are_older_than_the_period_do_not_count,
                        family) {
  begin(rules(strategy::one_for_one, 1), {spec("a")});
  for (int i = 0; i < 4; ++i) {
    end("a", crash());
    advance(31s);
  }
  BOOST_TEST(!ended);
  BOOST_TEST(starts["a"] == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
