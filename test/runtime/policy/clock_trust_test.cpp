#include "runtime/policy/clock_trust.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

caf::timestamp at(caf::timespan x) {
  return caf::timestamp{x};
}

} // namespace

BOOST_AUTO_TEST_SUITE(clock_trust_tests)

BOOST_AUTO_TEST_CASE(a_clock_is_believed_after_an_hour_without_a_jump) {
  clock_trust uut{at(1000h), 5h};
  BOOST_TEST(!uut.trusted());
  BOOST_TEST(uut.read(at(1000h + 59min), 5h + 59min).count() == 0);
  BOOST_TEST(!uut.trusted());
  BOOST_TEST(uut.read(at(1001h), 6h).count() == 0);
  BOOST_TEST(uut.trusted());
}

BOOST_AUTO_TEST_CASE(a_jump_begins_the_hour_anew) {
  clock_trust uut{at(1000h), 0h};
  uut.read(at(1001h), 1h);
  BOOST_TEST(uut.trusted());
  BOOST_TEST((uut.read(at(9002h), 2h) == 8000h));
  BOOST_TEST(!uut.trusted());
  BOOST_TEST((uut.read(at(1002h), 2h) == -8000h));
  uut.read(at(1003h), 3h);
  BOOST_TEST(uut.trusted());
}

BOOST_AUTO_TEST_CASE(drift_is_no_jump) {
  clock_trust uut{at(1000h), 0h};
  for (int i = 1; i <= 60; ++i) // a minute an hour is more than any clock has
    BOOST_TEST(uut.read(at(1000h + i * 61s), i * 60s).count() == 0);
  BOOST_TEST(uut.trusted());
}

BOOST_AUTO_TEST_SUITE_END()
