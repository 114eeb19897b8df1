#include "bench/targets.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace vpaas;
using bench::judge;
using bench::target;
using nlohmann::json;

namespace {

target row(const char* figure, target::bound kind, double value) {
  return {"toy", figure, kind, value, "a number"};
}

/// The one row's answer.
json answer(const json& report, const target& x) {
  auto rows = judge(report, "toy", {x});
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  return rows[0];
}

/// The exit status of a program that prints this report.
int status_of(const json& report, const std::string& program) {
  char name[] = "bench";
  char quiet[] = "--json";
  char* argv[] = {name, quiet, nullptr};
  return bench::finish(report, program, 2, argv);
}

} // namespace

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(a_bound_belongs_to_what_it_allows) {
  json report{{"ms", 5}};
  auto met = [&](target::bound kind, double value) {
    return answer(report, row("/ms", kind, value))["met"].get<bool>();
  };
  BOOST_TEST(met(target::bound::at_most, 5));
  BOOST_TEST(!met(target::bound::at_most, 4.9));
  BOOST_TEST(met(target::bound::at_least, 5));
  BOOST_TEST(!met(target::bound::at_least, 5.1));
  BOOST_TEST(met(target::bound::equal, 5));
  BOOST_TEST(!met(target::bound::equal, 4));
}

BOOST_AUTO_TEST_CASE(of_many_figures_the_worst_is_told) {
  json report{{"rows", {{{"lost", 0}}, {{"lost", 7}}, {{"lost", 3}}}}};
  auto x = answer(report, row("/rows/*/lost", target::bound::equal, 0));
  BOOST_TEST(x["met"] == false);
  BOOST_TEST(x["value"] == 7);
  BOOST_TEST(x["where"] == "/rows/1/lost");
  auto y = answer(report, row("/rows/*/lost", target::bound::at_least, 0));
  BOOST_TEST(y["met"] == true);
  BOOST_TEST(y["value"] == 0);
}

BOOST_AUTO_TEST_CASE(a_star_stands_for_any_text_of_a_step) {
  json report{
    {"mbit_10", {{"ms", 1}}}, {"mbit_20", {{"ms", 2}}}, {"other", {{"ms", 9}}}};
  auto x = answer(report, row("/mbit_*/ms", target::bound::at_most, 2));
  BOOST_TEST(x["met"] == true);
  BOOST_TEST(x["value"] == 2);
  auto y = answer(report, row("/*bit_10/ms", target::bound::at_most, 0));
  BOOST_TEST(y["value"] == 1);
}

BOOST_AUTO_TEST_CASE(truth_values_count_as_one_and_zero) {
  json report{{"intact", false}};
  auto x = answer(report, row("/intact", target::bound::equal, 1));
  BOOST_TEST(x["met"] == false);
}

BOOST_AUTO_TEST_CASE(a_figure_that_is_not_there_is_not_met_nor_missed) {
  json report{{"skipped", "needs root"}};
  auto x = answer(report, row("/skipped/ms", target::bound::at_most, 1));
  BOOST_TEST(x["met"].is_null());
  BOOST_TEST(!x.contains("value"));
}

BOOST_AUTO_TEST_CASE(the_exit_status_is_one_where_a_target_is_missed) {
  json good{{"lost", 0}, {"mixed", 0}, {"growth_mb", 1}};
  BOOST_TEST(status_of(good, "nn_swaps") == 0);
  auto lossy = good;
  lossy["lost"] = 1;
  BOOST_TEST(status_of(lossy, "nn_swaps") == 1);
  auto failed = good;
  failed["error"] = "no model";
  BOOST_TEST(status_of(failed, "nn_swaps") == 1);
}

BOOST_AUTO_TEST_CASE(a_run_that_measured_none_of_its_targets_fails) {
  BOOST_TEST(status_of({{"swaps", 1000}}, "nn_swaps") == 1);
}

BOOST_AUTO_TEST_CASE(no_figure_has_two_bounds_of_a_kind) {
  std::set<std::tuple<std::string, std::string, int>> seen;
  for (auto& x : bench::targets())
    BOOST_TEST(seen.emplace(x.program, x.figure, int(x.kind)).second,
               x.program << x.figure);
}

BOOST_AUTO_TEST_SUITE_END()
