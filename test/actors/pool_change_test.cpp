#include "actors/pool_change.hpp"

#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace vpaas;

namespace {

function_actor::behavior_type nobody() {
  return {
    [](status_atom) { return status_report{}; },
    [](ready_atom) {},
    [](apply_atom, const item& x) { return x; },
    [](apply_atom, const item& x, const document&) { return x; },
    [](configure_atom, const document& x) { return x; },
    [](describe_atom) { return function_spec{}; },
  };
}

/// Workers that answer when the test says so.
struct fixture : test::test_system {
  fixture() {
    for (int i = 0; i < 3; ++i)
      workers.push_back(sys.spawn(nobody));
  }

  void begin(const std::string& model) {
    uut.begin(workers, document{json{{"model", "one"}, {"threads", 1}}},
              document{json{{"model", model}}},
              [this](caf::expected<document> x) { outcomes.push_back(x); });
  }

  std::string model_of(size_t i) {
    auto x = models.find(workers[i].id());
    return x == models.end() ? "one" : x->second;
  }

  std::vector<function_actor> workers;
  std::map<caf::actor_id, std::string> models;
  std::set<caf::actor_id> refusing;
  std::vector<pool_change::done_fun> held; ///< where `slow`
  bool slow = false;
  std::vector<caf::expected<document>> outcomes;
  pool_change uut{[this](const function_actor& whom, const document& changes,
                         pool_change::done_fun done) {
    if (refusing.count(whom.id()) != 0)
      return done(caf::make_error(ec::overload, "no memory"));
    models[whom.id()] = changes.get<std::string>("model");
    if (slow)
      return held.push_back(done);
    done(document{json{{"model", models[whom.id()]}, {"threads", 1}}});
  }};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pool_change_tests, fixture)

BOOST_AUTO_TEST_CASE(all_workers_change) {
  begin("two");
  BOOST_TEST_REQUIRE(outcomes.size() == 1u);
  BOOST_TEST_REQUIRE(bool(outcomes[0]));
  BOOST_TEST(outcomes[0]->get<std::string>("model") == "two");
  for (size_t i = 0; i < 3; ++i)
    BOOST_TEST(model_of(i) == "two");
}

BOOST_AUTO_TEST_CASE(where_one_refuses_none_is_changed) {
  refusing.insert(workers[2].id());
  begin("two");
  BOOST_TEST_REQUIRE(outcomes.size() == 1u);
  BOOST_TEST((outcomes[0].error() == ec::overload));
  for (size_t i = 0; i < 3; ++i)
    BOOST_TEST(model_of(i) == "one");
  refusing.clear();
  begin("three");
  BOOST_TEST(bool(outcomes.back()));
  BOOST_TEST(model_of(0) == "three");
}

BOOST_AUTO_TEST_CASE(there_is_one_change_at_a_time) {
  slow = true;
  begin("two");
  begin("three");
  BOOST_TEST_REQUIRE(outcomes.size() == 1u);
  BOOST_TEST((outcomes[0].error() == ec::overload));
  BOOST_TEST(model_of(0) == "two");
  BOOST_TEST(model_of(1) == "one"); // works on
}

BOOST_AUTO_TEST_SUITE_END()
