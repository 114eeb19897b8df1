#include "runtime/node/function_folders.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace vpaas;

BOOST_AUTO_TEST_SUITE(function_folders_tests)

BOOST_AUTO_TEST_CASE(what_a_user_names_goes_first) {
  auto before = std::getenv("VPAAS_FUNCTIONS");
  std::string kept = before ? before : "";
  setenv("VPAAS_FUNCTIONS", "/first:/second", 1);
  auto all = function_folders();
  if (before)
    setenv("VPAAS_FUNCTIONS", kept.c_str(), 1);
  else
    unsetenv("VPAAS_FUNCTIONS");
  BOOST_TEST_REQUIRE(all.size() == 4u);
  BOOST_TEST(all[0] == "/first");
  BOOST_TEST(all[1] == "/second");
  BOOST_TEST(all[2] == "config/functions");
}

BOOST_AUTO_TEST_CASE(a_node_says_where_it_keeps_what_it_was_sent) {
  BOOST_TEST(registered_functions_folder().empty());
  set_registered_functions_folder("/sent");
  BOOST_TEST(registered_functions_folder() == "/sent");
  set_registered_functions_folder("");
}

BOOST_AUTO_TEST_SUITE_END()
