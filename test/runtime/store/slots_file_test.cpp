#include "runtime/store/slots_file.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vpaas;
using test::value_of;

BOOST_AUTO_TEST_SUITE(slots_file_tests)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  test::temp_dir dir;
  BOOST_TEST(value_of(read_slots(dir.path(""))).empty());
  kept_slot x;
  x.want.function = "backup_detector";
  x.want.parameter = "model";
  x.want.what.name = "face";
  x.home = document{json{{"value", "own"}}};
  x.withdrawn = true;
  BOOST_TEST(!write_slots(dir.path(""), {x}));
  auto all = value_of(read_slots(dir.path("")));
  BOOST_TEST_REQUIRE(all.size() == 1u);
  BOOST_TEST((all[0] == x));
}

BOOST_AUTO_TEST_CASE(what_is_damaged_is_said) {
  test::temp_dir dir;
  std::ofstream{dir.path("slots.json")} << "[{\"want\": 3}]";
  BOOST_TEST((read_slots(dir.path("")).error() == ec::bad_input));
  BOOST_TEST((write_slots("/proc/none", {}) == ec::io));
}

BOOST_AUTO_TEST_SUITE_END()
