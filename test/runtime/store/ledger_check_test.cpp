#include "runtime/store/ledger_check.hpp"

#include "runtime/error.hpp"
#include "runtime/store/ledger.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>
#include <soci/soci.h>

#include <filesystem>

using namespace vpaas;
using test::value_of;

namespace {

database_config at(const std::string& connection) {
  database_config result;
  result.connection = connection;
  return result;
}

std::string problem_with(const std::string& connection) {
  auto err = check_ledger(at(connection));
  return err ? describe(err) : "";
}

bool begins(const std::string& text, const std::string& with) {
  return text.rfind(with, 0) == 0;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ledger_check_tests)

BOOST_AUTO_TEST_CASE(what_can_be_made_or_is_there_is_good) {
  test::temp_dir dir;
  auto path = dir.path("a/b/ledger.db");
  BOOST_TEST(problem_with(path) == "");
  BOOST_TEST(!std::filesystem::exists(dir.path("a"))); // nothing was made
  value_of(ledger::open(at(path)));
  BOOST_TEST(problem_with(path) == "");
}

BOOST_AUTO_TEST_CASE(what_a_node_would_stumble_over_is_said) {
  test::temp_dir dir;
  auto no_folder = dir.write("file", "") + "/ledger.db";
  BOOST_TEST(begins(problem_with(no_folder), "io: failed to make files in "),
             problem_with(no_folder));
  auto broken = dir.write("broken.db", std::string(4096, 'x'));
  BOOST_TEST(begins(problem_with(broken),
                    "bad_input: failed to open the ledger " + broken),
             problem_with(broken));
  auto newer = dir.path("newer.db");
  value_of(ledger::open(at(newer)));
  soci::session sql;
  open_session(at(newer), sql);
  sql << "update ledger_schema set version = 3";
  BOOST_TEST(
    begins(problem_with(newer), "bad_config: failed to open the ledger " + newer
                                  + ": a newer version made it"),
    problem_with(newer));
  BOOST_TEST(begins(problem_with("mysql://x"), "bad_config: "));
  BOOST_TEST(
    begins(problem_with("postgresql://host=127.0.0.1 port=1 dbname=x"),
           "io: failed to open the ledger postgresql://host=127.0.0.1"),
    problem_with("postgresql://host=127.0.0.1 port=1 dbname=x"));
}

BOOST_AUTO_TEST_SUITE_END()
