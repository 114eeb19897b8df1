#include "runtime/moment.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;

namespace {

caf::timestamp at(int64_t ns) {
  return caf::timestamp{caf::timespan{ns}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(moment_tests)

BOOST_AUTO_TEST_CASE(a_time_is_written_in_utc_to_the_nanosecond) {
  // date -u -d 2026-03-01T14:30:00 +%s
  BOOST_TEST(format_moment(at(1772375400'000000001))
             == "2026-03-01T14:30:00.000000001Z");
  BOOST_TEST(format_moment(at(0)) == "1970-01-01T00:00:00.000000000Z");
  BOOST_TEST(format_moment(at(-1)) == "1969-12-31T23:59:59.999999999Z");
}

BOOST_AUTO_TEST_CASE(it_is_read_back) {
  for (int64_t ns :
       {0l, -1l, 1l, 1772375400'123456789l, INT64_MAX - 2'000'000'000})
    BOOST_TEST((parse_moment(format_moment(at(ns))) == at(ns)), ns);
  BOOST_TEST(
    (parse_moment("2026-03-01T14:30:00Z") == at(1772375400'000000000)));
  BOOST_TEST(
    (parse_moment("2026-03-01T14:30:00.25Z") == at(1772375400'250000000)));
}

BOOST_AUTO_TEST_CASE(anything_else_is_no_time) {
  for (auto text :
       {"", "Z", "2026-03-01", "2026-03-01T14:30:00", "2026-03-01T14:30Z",
        "2026-13-01T14:30:00Z", "2026-03-01T14:30:00.Z",
        "2026-03-01T14:30:00.1234567890Z", "2026-03-01T14:30:00,5Z",
        "2026-03-01 14:30:00Z", "9999-03-01T14:30:00Z"})
    BOOST_TEST(!parse_moment(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
