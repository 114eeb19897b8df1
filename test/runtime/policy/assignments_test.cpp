#include "runtime/policy/assignments.hpp"

#include "runtime/error.hpp"
#include "runtime/moment.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

artifact script(const std::string& name) {
  artifact result;
  result.kind = artifact_kind::policy;
  result.name = name;
  result.version = 1;
  return result;
}

struct fixture {
  /// What was said later is newer.
  void assign(const std::string& streams, const std::string& what,
              const std::string& at = "") {
    assigned_script x;
    x.order.streams = streams;
    x.order.artifact = what + "@1";
    x.order.at = at;
    x.order.zone = at.empty() ? "" : "UTC0";
    x.order.made = caf::timestamp{caf::timespan{++made}};
    x.what = script(what);
    all.orders.push_back(x);
  }

  std::string runs(const std::string& stream,
                   const std::string& now = "2024-03-01T12:00:00Z") const {
    auto table = assignment_table::make(all);
    BOOST_TEST_REQUIRE(bool(table));
    auto x = table->find(stream, *parse_moment(now));
    return x ? x->what.name : "its own";
  }

  desired_choices all;
  int made = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(assignments_tests, fixture)

BOOST_AUTO_TEST_CASE(a_profile_goes_before_what_always_holds) {
  assign("door", "own");
  assign("*", "rest");
  assign("*", "dark");
  all.orders.back().order.profile = "night";
  assign("yard", "party");
  all.orders.back().order.profile = "holidays";
  std::vector<assignment> orders;
  std::vector<artifact> known;
  for (auto& x : all.orders) {
    orders.push_back(x.order);
    known.push_back(x.what);
  }
  all = choices_of(orders, known);
  BOOST_TEST(runs("door") == "own");
  BOOST_TEST(runs("yard") == "rest");
  all = choices_of(orders, known, "night");
  BOOST_TEST(runs("door") == "dark");
  BOOST_TEST(runs("yard") == "dark");
  all = choices_of(orders, known, "holidays");
  BOOST_TEST(runs("door") == "own");
  BOOST_TEST(runs("yard") == "party");
}

BOOST_AUTO_TEST_CASE(a_name_goes_before_patterns_and_these_by_length) {
  assign("door", "own");
  assign("door-*", "doors");
  assign("*", "rest");
  assign("door-1*", "first");
  BOOST_TEST(runs("door") == "own");
  BOOST_TEST(runs("door-2") == "doors");
  BOOST_TEST(runs("door-17") == "first");
  BOOST_TEST(runs("yard") == "rest");
}

BOOST_AUTO_TEST_CASE(a_timetable_goes_before_what_always_holds) {
  assign("*", "night", "22:00-06:00 UTC");
  assign("*", "day");
  BOOST_TEST(runs("door") == "day");
  BOOST_TEST(runs("door", "2024-03-01T23:00:00Z") == "night");
}

BOOST_AUTO_TEST_CASE(beyond_its_time_a_stream_runs_its_own) {
  assign("door", "night", "22:00-06:00 UTC");
  BOOST_TEST(runs("door") == "its own");
  BOOST_TEST(runs("gate", "2024-03-01T23:00:00Z") == "its own");
}

BOOST_AUTO_TEST_CASE(of_equals_the_last_one_goes_first) {
  assign("*", "late", "20:00-24:00 UTC");
  assign("*", "night", "22:00-06:00 UTC");
  BOOST_TEST(runs("door", "2024-03-01T21:00:00Z") == "late");
  BOOST_TEST(runs("door", "2024-03-01T23:00:00Z") == "night");
}

BOOST_AUTO_TEST_CASE(a_timetable_that_cannot_be_read_is_named) {
  assign("door", "night", "at night");
  auto table = assignment_table::make(all);
  BOOST_TEST_REQUIRE(!table);
  BOOST_TEST(cause_of(table.error()).find("night@1 for door: \"at\" is no part")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_left_out) {
  assign("door", "night");
  assign("gate", "day");
  std::vector<assignment> orders{all.orders[0].order, all.orders[1].order};
  auto found = choices_of(orders, {script("day")});
  BOOST_TEST_REQUIRE(found.orders.size() == 1u);
  BOOST_TEST(found.orders[0].what.name == "day");
  auto other = script("night");
  other.kind = artifact_kind::pipeline;
  BOOST_TEST(choices_of(orders, {other}).orders.empty());
}

BOOST_AUTO_TEST_SUITE_END()
