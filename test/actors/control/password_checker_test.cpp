#include "actors/control/password_checker.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

BOOST_FIXTURE_TEST_SUITE(password_checker_tests, test::test_system)

BOOST_AUTO_TEST_CASE(what_it_hashes_it_knows_again) {
  auto uut = sys.spawn(password_checker);
  std::string hash;
  auto made = self->request(uut, caf::infinite, apply_atom_v,
                            std::string{"secret"});
  run();
  made.receive([&](std::string& x) { hash = std::move(x); },
               [](caf::error&) {});
  for (auto* x : {"secret", "wrong"}) {
    auto asked = self->request(uut, caf::infinite, find_atom_v, hash,
                               std::string{x});
    run();
    asked.receive([&](bool is) { BOOST_TEST(is == (x[0] == 's')); },
                  [](caf::error&) { BOOST_ERROR("no answer"); });
  }
}

BOOST_AUTO_TEST_SUITE_END()
