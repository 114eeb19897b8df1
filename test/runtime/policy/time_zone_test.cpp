#include "runtime/policy/time_zone.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>
#include <string>

using namespace vpaas;

namespace {

/// How the C library's clocks go, the outside reference.
int64_t ahead_by_libc(std::time_t utc) {
  std::tm parts{};
  localtime_r(&utc, &parts);
  return parts.tm_gmtoff;
}

struct libc_zone {
  explicit libc_zone(const std::string& rule) {
    if (auto given = std::getenv("TZ"))
      before = given;
    setenv("TZ", rule.c_str(), 1);
    tzset();
  }

  ~libc_zone() {
    if (before.empty())
      unsetenv("TZ");
    else
      setenv("TZ", before.c_str(), 1);
    tzset();
  }

  std::string before;
};

} // namespace

BOOST_AUTO_TEST_SUITE(time_zone_tests)

BOOST_AUTO_TEST_CASE(clocks_go_as_those_of_the_c_library) {
  for (std::string rule :
       {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
        "AEST-10AEDT,M10.1.0,M4.1.0/3", "<+0530>-5:30", "<-03>3",
        "IST-1GMT0,M10.5.0,M3.5.0/1", "NZST-12NZDT,M9.5.0,M4.1.0/3",
        "EET-2EEST,M3.4.4/50,M10.4.4/50", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
        "XST-3XDT,J60/2,J300/2", "XST-3XDT,59/2,299/2"}) {
    auto zone = time_zone::parse(rule);
    BOOST_TEST_REQUIRE(bool(zone), rule);
    libc_zone set{rule};
    auto wrong = 0;
    // Every 1,799 s of the years 2023 to 2026, and of 2096 to 2101.
    for (auto [from, to] : {std::pair{1672531200ll, 1798761600ll},
                            std::pair{3976214400ll, 4133980800ll}})
      for (std::time_t t = from; t < to; t += 1799)
        wrong += zone->ahead_at(t) != ahead_by_libc(t) ? 1 : 0;
    BOOST_TEST(wrong == 0, rule << ": " << wrong);
  }
}

// In Berlin clocks went from 02:00 to 03:00 on 31 March 2024, 01:00 UTC, and
// from 03:00 to 02:00 on 27 October, 01:00 UTC.
BOOST_AUTO_TEST_CASE(berlin_changes_at_one_o_clock_utc) {
  auto berlin = *time_zone::parse("CET-1CEST,M3.5.0,M10.5.0/3");
  BOOST_TEST(berlin.ahead_at(1711846799) == 3600);
  BOOST_TEST(berlin.ahead_at(1711846800) == 7200);
  BOOST_TEST(berlin.ahead_at(1729990799) == 7200);
  BOOST_TEST(berlin.ahead_at(1729990800) == 3600);
}

BOOST_AUTO_TEST_CASE(what_is_no_rule_is_refused) {
  for (std::string rule :
       {"", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0/3",
        "CET-1CEST,M3.5.0", "CET-1CEST,M3.5.0,M10.5.0/3 ", "CET-25", "<+05-5",
        "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1", "CET--1",
        "Europe/Berlin", "UTC0,"}) {
    auto zone = time_zone::parse(rule);
    BOOST_TEST(!zone, rule);
    if (!zone)
      BOOST_TEST(describe(zone.error()).find("is no rule of a time zone")
                 != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(days_are_counted_as_calendars_do) {
  BOOST_TEST(days_to(1970, 1, 1) == 0);
  BOOST_TEST(days_to(2000, 3, 1) == 11017);
  BOOST_TEST(days_to(1969, 12, 31) == -1);
  BOOST_TEST(year_of(-1) == 1969);
  BOOST_TEST(year_of(days_to(2024, 12, 31)) == 2024);
  BOOST_TEST(weekday_of(days_to(2024, 2, 29)) == 4); // a Thursday
  BOOST_TEST(weekday_of(-4) == 0);                   // 28 December 1969
}

BOOST_AUTO_TEST_SUITE_END()
