#include "runtime/nn/environment.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <list>
#include <string>
#include <utility>

using namespace vpaas;

namespace {

bool misses(const std::string& name) {
  auto all = missing_variables();
  return std::any_of(all.begin(), all.end(),
                     [&](auto& x) { return x.first == name; });
}

/// Gives a variable back its value at the end.
struct variable {
  explicit variable(std::string which) : name(std::move(which)) {
    if (auto x = std::getenv(name.c_str()))
      before = x;
  }

  ~variable() {
    if (before.empty())
      unsetenv(name.c_str());
    else
      setenv(name.c_str(), before.c_str(), 1);
  }

  std::string name;
  std::string before;
};

} // namespace

BOOST_AUTO_TEST_SUITE(environment_tests)

BOOST_AUTO_TEST_CASE(what_the_user_set_stays) {
  variable guard{"OMP_WAIT_POLICY"};
  unsetenv(guard.name.c_str());
  BOOST_TEST(misses(guard.name));
  setenv(guard.name.c_str(), "active", 1);
  BOOST_TEST(!misses(guard.name));
}

BOOST_AUTO_TEST_CASE(with_nothing_missing_a_program_goes_on) {
  std::list<variable> guards;
  for (auto& [name, value] : missing_variables()) {
    guards.emplace_back(name);
    setenv(name.c_str(), value.c_str(), 1);
  }
  BOOST_TEST(missing_variables().empty());
  ensure_environment(nullptr); // would fail to start again
}

BOOST_AUTO_TEST_CASE(the_ceiling_is_measured) {
  // A fast BLAS reaches tens of GFLOP/s even on a busy core, Debian's
  // reference one 8.
  BOOST_TEST(measure_gflops(1) > 1);
}

BOOST_AUTO_TEST_SUITE_END()
