#include "runtime/zone_file.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace vpaas;
using test::value_of;

namespace {

struct fixture {
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream{dir.path(name), std::ios::binary} << bytes;
  }

  caf::expected<std::string> rule(const std::string& name) {
    return zone_rule(name, dir.path());
  }

  test::temp_dir dir;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(zone_file_tests, fixture)

BOOST_AUTO_TEST_CASE(the_last_line_of_a_zone_file_is_its_rule) {
  write("Here",
        std::string{"TZif2\0\n\1rest\nCET-1CEST,M3.5.0,M10.5.0/3\n", 40});
  BOOST_TEST(value_of(rule("Here")) == "CET-1CEST,M3.5.0,M10.5.0/3");
}

BOOST_AUTO_TEST_CASE(utc_and_rules_need_no_file) {
  BOOST_TEST(*rule("UTC") == "UTC0");
  BOOST_TEST(*rule("EST5EDT,M3.2.0,M11.1.0") == "EST5EDT,M3.2.0,M11.1.0");
}

BOOST_AUTO_TEST_CASE(zones_that_are_none_are_refused) {
  write("text", "no zone\n");
  write("old", std::string{"TZif\0\n\n", 7});
  write("empty", "");
  std::filesystem::create_directories(dir.path("Europe"));
  for (std::string name :
       {"Mars/Olympus", "../text", "/etc/passwd", "", "empty", "Europe", "a b"})
    BOOST_TEST((rule(name).error() == ec::not_found), name);
  for (std::string name : {"text", "old"})
    BOOST_TEST((rule(name).error() == ec::bad_input), name);
}

BOOST_AUTO_TEST_CASE(berlin_is_known_where_zones_are_installed) {
  if (!std::filesystem::exists("/usr/share/zoneinfo/Europe/Berlin")) {
    BOOST_TEST_MESSAGE("skipped: tzdata is not installed");
    return;
  }
  BOOST_TEST(*zone_rule("Europe/Berlin") == "CET-1CEST,M3.5.0,M10.5.0/3");
}

BOOST_AUTO_TEST_SUITE_END()
