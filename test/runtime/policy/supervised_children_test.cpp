#include "runtime/policy/supervised_children.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

struct fixture {
  supervised_children uut;

  uint64_t add(bool initial) {
    supervised_child x;
    x.initial = initial;
    return uut.add(x);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervised_children_tests, fixture)

BOOST_AUTO_TEST_CASE(ids_grow_and_are_never_used_again) {
  auto a = add(true), b = add(true);
  uut.forget(b);
  auto c = add(true);
  BOOST_TEST((a < b && b < c));
  BOOST_TEST(uut.find(b) == nullptr);
  BOOST_TEST(uut.find(c) != nullptr);
  BOOST_TEST(uut.all().size() == 2u);
}

BOOST_AUTO_TEST_CASE(initial_ones_are_fresh_until_they_were_ready_once) {
  auto a = add(true), b = add(true), c = add(false);
  BOOST_TEST(uut.fresh() == 2u);
  uut.not_fresh(uut.at(a));
  uut.not_fresh(uut.at(a));
  uut.not_fresh(uut.at(c));
  BOOST_TEST(uut.fresh() == 1u);
  uut.forget(b);
  BOOST_TEST(uut.fresh() == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_is_due_where_nothing_was_planned) {
  add(true);
  BOOST_TEST(!uut.due(supervised_child::never).has_value());
  BOOST_CHECK(uut.wake() == supervised_child::never);
}

BOOST_AUTO_TEST_SUITE_END()
