// What becomes of data stores when versions come and go.

#include "runtime/store/data_schema.hpp"

#include "runtime/error.hpp"
#include "runtime/store/data_store.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>
#include <soci/soci.h>

using namespace vpaas;
using test::value_of;

namespace {

struct fixture {
  fixture() {
    cfg.connection = dir.path("data.db");
    user x;
    x.name = "eve";
    BOOST_TEST(!value_of(data_store::open(cfg)).keep(x));
  }

  void upgrade(const std::vector<data_table>& tables,
               const std::vector<data_migration>& migrations) {
    soci::session sql;
    open_session(cfg, sql);
    bring_up_to_date(sql, true, tables, migrations);
  }

  std::string one(const std::string& query) {
    soci::session sql;
    open_session(cfg, sql);
    std::string result;
    sql << query, soci::into(result);
    return result;
  }

  test::temp_dir dir;
  database_config cfg;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(data_schema_tests, fixture)

BOOST_AUTO_TEST_CASE(a_new_member_is_a_column_with_its_default) {
  auto columns = columns_of<user>();
  columns.push_back({"language", true, 0, "it's en"});
  upgrade({{"users", columns, "name"}}, data_migrations);
  BOOST_TEST(one("select language from users where name = 'eve'") == "it's en");
}

BOOST_AUTO_TEST_CASE(a_new_table_is_made) {
  upgrade({{"models", {{"name", true, 0, ""}}, "name"}}, data_migrations);
  BOOST_TEST(one("select count(*) from models") == "0");
}

BOOST_AUTO_TEST_CASE(a_new_version_says_what_it_does_once) {
  auto next = data_migrations;
  next.push_back({2, {"update users set name = name || '-2'"}});
  upgrade({}, next);
  upgrade({}, next);
  BOOST_TEST(one("select name from users") == "eve-2");
  BOOST_TEST(one("select version from data_schema") == "2");
}

BOOST_AUTO_TEST_CASE(half_a_step_is_none) {
  auto next = data_migrations;
  next.push_back({2, {"update users set name = 'bob'", "nonsense"}});
  BOOST_CHECK_THROW(upgrade({}, next), std::exception);
  BOOST_TEST(one("select name from users") == "eve");
  BOOST_TEST(one("select version from data_schema") == "1");
}

BOOST_AUTO_TEST_CASE(one_of_a_newer_version_is_left_alone) {
  auto next = data_migrations;
  next.push_back({2, {}});
  upgrade({}, next);
  auto x = data_store::open(cfg);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
