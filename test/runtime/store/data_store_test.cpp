#include "runtime/store/data_store.hpp"

#include "runtime/error.hpp"
#include "support/expect.hpp"
#include "support/postgres_server.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace vpaas;
using namespace std::chrono_literals;
using test::value_of;
using test::why;

namespace {

caf::timestamp at(int seconds) {
  return caf::timestamp{std::chrono::seconds(1'700'000'000 + seconds)};
}

user user_called(const std::string& name) {
  user result;
  result.name = name;
  result.password = "$argon2id$...";
  result.may = role::operate;
  result.cameras = {"door", "K\xC3\xBC"
                            "che*"};
  result.must_change = true;
  result.changed = at(1);
  return result;
}

pass pass_of(const std::string& owner, const std::string& digest,
             const std::string& id = "", int ends = 100) {
  pass result;
  result.digest = digest;
  result.id = id;
  result.owner = owner;
  result.csrf = "csrf";
  result.from = "127.0.0.1";
  result.made = result.used = at(0);
  result.ends = at(ends);
  return result;
}

data_store open(const std::string& connection) {
  database_config cfg;
  cfg.connection = connection;
  return value_of(data_store::open(cfg));
}

void keeps_users(const std::string& connection) {
  auto uut = open(connection);
  BOOST_TEST(value_of(uut.users()).empty());
  BOOST_TEST(!value_of(uut.find_user("eve")));
  auto eve = user_called("eve");
  BOOST_TEST(!uut.keep(user_called("zoe")));
  BOOST_TEST(!uut.keep(eve));
  eve.disabled = true;
  eve.cameras.clear();
  BOOST_TEST(!uut.keep(eve));
  auto again = open(connection);
  BOOST_TEST((value_of(again.find_user("eve")) == eve));
  auto all = value_of(again.users());
  BOOST_REQUIRE(all.size() == 2u);
  BOOST_TEST((all[1] == user_called("zoe")));
}

void lets_nobody_in_who_was_removed(const std::string& connection) {
  auto uut = open(connection);
  BOOST_TEST(!uut.keep(user_called("eve")));
  BOOST_TEST(!uut.keep(pass_of("eve", "login")));
  BOOST_TEST(!uut.keep(pass_of("eve", "program", "t1")));
  BOOST_TEST(!uut.keep(pass_of("zoe", "other")));
  BOOST_TEST(value_of(uut.remove_user("eve")));
  BOOST_TEST(!value_of(uut.remove_user("eve")));
  BOOST_TEST(!value_of(uut.find_pass("login")));
  BOOST_TEST(!value_of(uut.find_pass("program")));
  BOOST_TEST(value_of(uut.find_pass("other")).has_value());
}

void ends_passes(const std::string& connection) {
  auto uut = open(connection);
  for (auto* x : {"a", "b", "c"})
    BOOST_TEST(!uut.keep(pass_of("eve", x)));
  BOOST_TEST(!uut.keep(pass_of("eve", "d", "t1")));
  BOOST_TEST((value_of(uut.find_pass("a")) == pass_of("eve", "a")));
  BOOST_TEST(!uut.end_pass("a"));
  BOOST_TEST(!value_of(uut.find_pass("a")));
  BOOST_TEST(!uut.end_logins("eve", "b"));
  BOOST_TEST(value_of(uut.find_pass("b")).has_value());
  BOOST_TEST(!value_of(uut.find_pass("c")));
  auto tokens = value_of(uut.tokens());
  BOOST_REQUIRE(tokens.size() == 1u);
  BOOST_TEST(tokens[0].id == "t1");
  BOOST_TEST(tokens[0].digest == "");
  BOOST_TEST(value_of(uut.end_token("t1")));
  BOOST_TEST(!value_of(uut.end_token("t1")));
  BOOST_TEST(!value_of(uut.end_token(""))); // no login is a token
  BOOST_TEST(value_of(uut.find_pass("b")).has_value());
}

void keeps_an_audit_log(const std::string& connection) {
  auto uut = open(connection);
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(!uut.note({0, at(i), "eve", "add stream", "door'; drop table",
                          "done", "127.0.0.1"}));
  auto last = value_of(uut.audit(0, 2));
  BOOST_REQUIRE(last.size() == 2u);
  BOOST_TEST((last[0].time == at(4)));
  BOOST_TEST(last[0].subject == "door'; drop table");
  auto before = value_of(uut.audit(last[1].id, 1000));
  BOOST_REQUIRE(before.size() == 3u);
  BOOST_TEST((before[0].time == at(2)));
}

void forgets_what_is_old(const std::string& connection) {
  auto uut = open(connection);
  BOOST_TEST(!uut.keep(pass_of("eve", "old", "", 10)));
  BOOST_TEST(!uut.keep(pass_of("eve", "new", "", 20)));
  BOOST_TEST(!uut.note({0, at(5), "eve", "old", "", "done", ""}));
  BOOST_TEST(!uut.note({0, at(15), "eve", "new", "", "done", ""}));
  BOOST_TEST(!uut.prune(at(15), at(10)));
  BOOST_TEST(!value_of(uut.find_pass("old")));
  BOOST_TEST(value_of(uut.find_pass("new")).has_value());
  auto left = value_of(uut.audit(0, 10));
  BOOST_REQUIRE(left.size() == 1u);
  BOOST_TEST(left[0].what == "new");
}

constexpr std::array cases{keeps_users, lets_nobody_in_who_was_removed,
                           ends_passes, keeps_an_audit_log,
                           forgets_what_is_old};

} // namespace

BOOST_AUTO_TEST_SUITE(data_store_tests)

BOOST_AUTO_TEST_CASE(in_sqlite) {
  for (auto f : cases) {
    test::temp_dir dir;
    f(dir.path("folder/data.db"));
  }
}

BOOST_AUTO_TEST_CASE(in_postgresql) {
  for (auto f : cases) {
    test::postgres_server server;
    if (!server.runs()) {
      BOOST_TEST_MESSAGE("skipped: no PostgreSQL server");
      return;
    }
    f(server.connection());
  }
}

BOOST_AUTO_TEST_CASE(nobody_else_may_read_the_file) {
  test::temp_dir dir;
  open(dir.path("data.db"));
  auto mode = std::filesystem::status(dir.path("data.db")).permissions();
  BOOST_TEST((mode
              == (std::filesystem::perms::owner_read
                  | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_said) {
  test::temp_dir dir;
  std::ofstream{dir.path("data.db")} << std::string(4096, 'x');
  database_config cfg;
  cfg.connection = dir.path("data.db");
  auto x = data_store::open(cfg);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::bad_input));
  BOOST_TEST(why(x).find("failed to open the data store") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
