#include "runtime/policy/timetable.hpp"

#include "runtime/error.hpp"
#include "runtime/moment.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace vpaas;

namespace {

const auto berlin = *time_zone::parse("CET-1CEST,M3.5.0,M10.5.0/3");
const auto utc = *time_zone::parse("UTC0");

/// "2024-03-31T00:59:00"
caf::timestamp at(const std::string& text) {
  return *parse_moment(text + "Z");
}

bool holds(const std::string& table, const std::string& moment,
           const time_zone& zone = utc) {
  auto x = timetable::parse(table);
  BOOST_TEST_REQUIRE(bool(x), table);
  return x->holds(at(moment), zone);
}

std::string refusal(const std::string& table) {
  auto x = timetable::parse(table);
  BOOST_TEST_REQUIRE(!x, table);
  return cause_of(x.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(timetable_tests)

// 1 March 2024 was a Friday.
BOOST_AUTO_TEST_CASE(a_night_ends_on_the_next_day) {
  std::string nights = "22:00-06:00 UTC";
  BOOST_TEST(!holds(nights, "2024-03-01T21:59:59"));
  BOOST_TEST(holds(nights, "2024-03-01T22:00:00"));
  BOOST_TEST(holds(nights, "2024-03-02T05:59:59"));
  BOOST_TEST(!holds(nights, "2024-03-02T06:00:00"));
}

BOOST_AUTO_TEST_CASE(a_night_belongs_to_the_day_on_which_it_begins) {
  std::string nights = "Fri 22:00-06:00 UTC";
  BOOST_TEST(!holds(nights, "2024-03-01T03:00:00"));
  BOOST_TEST(holds(nights, "2024-03-01T23:00:00"));
  BOOST_TEST(holds(nights, "2024-03-02T03:00:00"));
  BOOST_TEST(!holds(nights, "2024-03-02T23:00:00"));
}

BOOST_AUTO_TEST_CASE(days_are_named_alone_in_rows_and_by_words) {
  BOOST_TEST(holds("weekends UTC", "2024-03-02T12:00:00"));
  BOOST_TEST(holds("weekends UTC", "2024-03-03T23:59:59"));
  BOOST_TEST(!holds("weekends UTC", "2024-03-04T00:00:00"));
  BOOST_TEST(holds("WEEKDAYS UTC", "2024-03-04T00:00:00"));
  BOOST_TEST(holds("Fri-Mon UTC", "2024-03-03T00:00:00"));
  BOOST_TEST(!holds("Fri-Mon UTC", "2024-03-05T00:00:00"));
  BOOST_TEST(holds("daily 00:00-24:00 UTC", "2024-03-05T00:00:00"));
  std::string both = "weekdays 22:00-24:00, Sun UTC";
  BOOST_TEST(holds(both, "2024-03-01T23:00:00"));
  BOOST_TEST(!holds(both, "2024-03-02T23:00:00"));
  BOOST_TEST(holds(both, "2024-03-03T01:00:00"));
}

// At 01:00 UTC on 31 March 2024 clocks of Berlin went on to 03:00, and on 27
// October back from 03:00 to 02:00.
BOOST_AUTO_TEST_CASE(what_is_in_an_hour_left_out_does_not_happen) {
  std::string half = "02:15-02:45 Europe/Berlin";
  for (std::string moment : {"00:59:59", "01:00:00", "01:30:00", "00:30:00"})
    BOOST_TEST(!holds(half, "2024-03-31T" + moment, berlin), moment);
  BOOST_TEST(holds(half, "2024-03-30T01:30:00", berlin));
  std::string night = "22:00-06:00 Europe/Berlin"; // of seven hours
  BOOST_TEST(!holds(night, "2024-03-30T20:59:59", berlin));
  BOOST_TEST(holds(night, "2024-03-30T21:00:00", berlin));
  BOOST_TEST(holds(night, "2024-03-31T03:59:59", berlin));
  BOOST_TEST(!holds(night, "2024-03-31T04:00:00", berlin));
}

BOOST_AUTO_TEST_CASE(what_is_in_an_hour_shown_twice_happens_twice) {
  std::string half = "02:15-02:45 Europe/Berlin";
  BOOST_TEST(holds(half, "2024-10-27T00:30:00", berlin));
  BOOST_TEST(!holds(half, "2024-10-27T00:50:00", berlin));
  BOOST_TEST(!holds(half, "2024-10-27T01:10:00", berlin));
  BOOST_TEST(holds(half, "2024-10-27T01:30:00", berlin));
  std::string night = "22:00-06:00 Europe/Berlin"; // of nine hours
  BOOST_TEST(holds(night, "2024-10-26T20:00:00", berlin));
  BOOST_TEST(holds(night, "2024-10-27T04:59:59", berlin));
  BOOST_TEST(!holds(night, "2024-10-27T05:00:00", berlin));
}

BOOST_AUTO_TEST_CASE(days_are_those_of_the_place) {
  auto auckland = *time_zone::parse("NZST-12NZDT,M9.5.0,M4.1.0/3");
  BOOST_TEST(holds("Sat NZ", "2024-03-01T11:00:00", auckland)); // 00:00 there
  BOOST_TEST(!holds("Sat NZ", "2024-03-01T10:59:59", auckland));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
  BOOST_TEST(refusal("22:00-06:00").find("does not say in which time zone")
             != std::string::npos);
  BOOST_TEST(refusal("Mon 22:00-06:00").find("\"22:00-06:00\" is no time zone")
             != std::string::npos);
  BOOST_TEST(refusal("daily weekends").find("\"weekends\" is no time zone")
             != std::string::npos);
  for (std::string word : {"25:00-06:00", "22:00", "Mo", "22:00-22:00",
                           "24:00-01:00", "22:60-23:00", "2200-0600", "Mon-"})
    BOOST_TEST(refusal(word + " UTC").find("\"" + word + "\" is no part")
                 != std::string::npos,
               word);
  BOOST_TEST(refusal("Mon Tue UTC").find("\"Tue\" is no part")
             != std::string::npos);
  BOOST_TEST(refusal("Mon, , Tue UTC").find("says no days and no times")
             != std::string::npos);
  BOOST_TEST(refusal("").find("write days") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
