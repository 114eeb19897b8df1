// What a ledger does about files that go away, damage, clocks and databases
// that do not answer.

#include "actors/fog/ledger_keeper.hpp"

#include "support/child_process.hpp"
#include "support/ledger_actor.hpp"
#include "support/results.hpp"
#include "support/yesterday.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;
using namespace std::chrono_literals;
using test::result_of;
using test::results_of;

namespace fs = std::filesystem;

using fixture = test::ledger_system;

BOOST_FIXTURE_TEST_SUITE(ledger_upkeep_tests, fixture)

BOOST_AUTO_TEST_CASE(a_ledger_that_is_removed_is_made_anew_within_a_second) {
  start();
  record(results_of("a", 0, 3));
  for (auto end : {"", "-wal", "-shm"})
    fs::remove(file + end);
  advance(1s);
  auto x = status();
  BOOST_TEST(x["replaced"] == 1);
  BOOST_TEST(x["opened"] == 2);
  BOOST_TEST(x["rows"] == 0);
  BOOST_TEST(x["state"] == "ready");
  BOOST_TEST(x["alarm"].get<std::string>().find("the ledger " + file
                                                + " was removed or replaced")
             == 0u);
  BOOST_TEST(fs::exists(file));
  BOOST_TEST(record(results_of("a", 3, 2)) == 2u);
  BOOST_TEST(find().size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_comes_before_that_is_noticed_is_not_lost) {
  start();
  record(results_of("a", 0, 3));
  fs::remove(file);
  BOOST_TEST(record(results_of("a", 3, 2)) == 2u);
  BOOST_TEST(find().size() == 2u);
  BOOST_TEST(status()["replaced"] == 1);
}

BOOST_AUTO_TEST_CASE(a_hundred_replacements_lose_nothing_that_came_after) {
  start();
  for (uint64_t i = 0; i < 100; ++i) {
    BOOST_TEST(record({result_of("a", 2 * i)}) == 1u);
    if (i % 2 == 0) {
      fs::rename(file, dir.path("old.db"));
    } else {
      fs::copy_file(file, dir.path("copy.db"));
      fs::rename(dir.path("copy.db"), file);
    }
    BOOST_TEST(record({result_of("a", 2 * i + 1)}) == 1u, problem);
    auto found = find();
    BOOST_TEST_REQUIRE(!found.empty());
    BOOST_TEST(found.back().frame == 2 * i + 1);
  }
  BOOST_TEST(status()["replaced"] == 100);
}

BOOST_AUTO_TEST_CASE(a_ledger_that_was_moved_away_is_whole) {
  start();
  record(results_of("a", 0, 3));
  auto old = dir.path("old.db");
  fs::rename(file, old);
  advance(1s);
  record(results_of("a", 3, 1));
  kill();
  cfg.database.connection = old;
  start();
  BOOST_TEST(find().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_moved_away_at_the_start) {
  fs::create_directories(dir.path("store"));
  dir.write("store/x.db", std::string(8192, 'x'));
  start();
  BOOST_TEST(record({result_of("a", 1)}) == 1u);
  auto x = status();
  BOOST_TEST(x["set_aside"] == 1);
  BOOST_TEST(x["state"] == "ready");
  BOOST_TEST(x["alarm"].get<std::string>().find("the ledger " + file
                                                + " was damaged and is " + file
                                                + ".damaged-")
             == 0u);
  size_t aside = 0;
  for (auto& y : fs::directory_iterator{dir.path("store")})
    aside += y.path().string().find(".damaged-") != std::string::npos ? 1 : 0;
  BOOST_TEST(aside == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_damaged_in_the_middle_is_moved_away_too) {
  cfg.max_found = 10'000;
  start();
  for (uint64_t i = 0; i < 40; ++i)
    record(results_of("a", 50 * i, 50));
  kill(); // what is in the log goes into the file
  auto size = fs::file_size(file);
  {
    std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
    bytes.seekp(8192);
    bytes << std::string(size - 8192, 'x');
  }
  start();
  record({result_of("a", 5000)});
  find();
  advance(1s);
  BOOST_TEST(record({result_of("a", 5001)}) == 1u, problem);
  BOOST_TEST(find().size() >= 1u);
  BOOST_TEST(status()["set_aside"] == 1);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_far_ahead_deletes_nothing) {
  caf::timespan ahead{0};
  auto began = sys.clock().now();
  auto first = result_of("a", 0).captured;
  cfg.wall = [&] { return first + (sys.clock().now() - began) + ahead; };
  cfg.keep.max_age = 30 * 24h;
  cfg.prune_every = 1min;
  ahead = 24h * 365;
  start();
  record(results_of("a", 0, 372));
  for (int i = 0; i < 59; ++i)
    advance(1min);
  ahead = 0h; // somebody sets it
  for (int i = 0; i < 600; ++i)
    advance(1min);
  BOOST_TEST(status()["pruned"] == 0);
  // One that stays as it is is believed, an hour after it jumped.
  ahead = 24h * 365;
  for (int i = 0; i < 59; ++i)
    advance(1min);
  BOOST_TEST(status()["pruned"] == 0);
  for (int i = 0; i < 3; ++i)
    advance(1min);
  BOOST_TEST(status()["pruned"] == 372);
  BOOST_TEST(status()["rows"] == 0);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_took_long_is_not_made_for_everybody) {
  fs::create_directories(dir.path("store"));
  test::child_process other{{"sqlite3", file}};
  BOOST_TEST(other.write("begin exclusive; create table x (y); select 1;\n"));
  BOOST_TEST_REQUIRE(other.line() == "1");
  cfg.database.patience = 150ms;
  start();
  BOOST_TEST(status()["failed"] == 1);
  for (int i = 0; i < 20; ++i) {
    record({result_of("a", 1)});
    BOOST_TEST(problem.find("io: failed to open the ledger " + file) == 0u,
               problem);
  }
  BOOST_TEST(status()["failed"] == 1); // of attempts
  other.kill();
  record({result_of("a", 1)});
  BOOST_TEST(problem.find("io: ") == 0u);
  advance(1s);
  BOOST_TEST(record({result_of("a", 1)}) == 1u, problem);
}

BOOST_AUTO_TEST_CASE(yesterdays_ledger_is_taken_up) {
  file = test::yesterday(dir, "ledger.db");
  cfg.database.connection = file;
  start();
  BOOST_TEST(status()["rows"] == 5);
  BOOST_TEST(ask<uint64_t>(last_atom_v, std::string{"door"}) == 46u);
  BOOST_TEST(record({result_of("door", 60)}) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
