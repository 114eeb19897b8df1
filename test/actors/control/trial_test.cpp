#include "actors/control/trial.hpp"

#include "runtime/error.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_FIXTURE_TEST_CASE(a_trial_says_what_went_wrong_and_ends,
                        test::test_system) {
  int attempts = 0;
  caf::error outcome;
  auto attempt = [&]() -> caf::error {
    ++attempts;
    return caf::make_error(ec::bad_input, "no good");
  };
  auto uut = sys.spawn(trial, attempt);
  auto handle = self->request(uut, caf::infinite, apply_atom_v);
  run();
  handle.receive([] {}, [&](caf::error& x) { outcome = std::move(x); });
  BOOST_TEST((outcome == ec::bad_input));
  BOOST_TEST(attempts == 1);
  auto again = self->request(uut, caf::infinite, apply_atom_v);
  run();
  again.receive([] { BOOST_FAIL("it lives"); }, [](const caf::error&) {});
}
