#include "runtime/store/json_file.hpp"

#include "runtime/registry_records.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vpaas;
using test::value_of;

BOOST_AUTO_TEST_SUITE(json_file_tests)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  test::temp_dir dir;
  auto path = dir.path("x.json");
  BOOST_TEST(!value_of(read_json_file(path)));
  BOOST_TEST(value_of(read_struct_file<artifact_file>(path)).name.empty());
  artifact_file x{"weights", "w\xff", "hash", 3};
  BOOST_TEST(!write_json_file(path, to_json_value(x)));
  BOOST_TEST(value_of(read_struct_file<artifact_file>(path)).bytes == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_damaged_is_said) {
  test::temp_dir dir;
  auto path = dir.path("x.json");
  std::ofstream{path} << "{";
  BOOST_TEST((read_json_file(path).error() == ec::bad_input));
  std::ofstream{path} << "{\"bytes\": \"many\"}";
  BOOST_TEST((read_struct_file<artifact_file>(path).error() == ec::bad_input));
  BOOST_TEST((write_json_file("/proc/none/x", json{}) == ec::io));
}

BOOST_AUTO_TEST_SUITE_END()
