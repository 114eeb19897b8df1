#include "runtime/store/database.hpp"

#include "support/expect.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::value_of;
using test::why;

BOOST_AUTO_TEST_SUITE(database_tests)

BOOST_AUTO_TEST_CASE(connections_are_read_and_shown_without_a_password) {
  auto name = [](const std::string& x) {
    return value_of(parse_connection(x)).name();
  };
  BOOST_TEST(name("sqlite3://a b.db") == "a b.db");
  BOOST_TEST(name("/x/y.db") == "/x/y.db");
  BOOST_TEST(name("postgresql://host=h password='a b' dbname=d")
             == "postgresql://host=h password=? dbname=d");
  for (auto x : {"", "sqlite3://", "mysql://host=h"})
    BOOST_TEST(why(parse_connection(x)).find("bad_config: ") == 0u, x);
  BOOST_TEST(placed_in("/data", "x.db") == "sqlite3:///data/x.db");
  BOOST_TEST(placed_in("/data", "sqlite3:///abs/x.db")
             == "sqlite3:///abs/x.db");
  BOOST_TEST(placed_in("/data", "postgresql://host=h")
             == "postgresql://host=h");
}

BOOST_AUTO_TEST_SUITE_END()
