// What becomes of ledgers when versions come and go.

#include "runtime/store/ledger_schema.hpp"

#include "runtime/store/ledger.hpp"
#include "support/child_process.hpp"
#include "support/expect.hpp"
#include "support/postgres_server.hpp"
#include "support/results.hpp"
#include "support/value_of.hpp"
#include "support/yesterday.hpp"

#include <boost/test/unit_test.hpp>
#include <soci/soci.h>

using namespace vpaas;
using test::result_of;
using test::results_of;
using test::value_of;
using test::why;

namespace {

database_config at(const std::string& connection) {
  database_config result;
  result.connection = connection;
  result.patience = std::chrono::milliseconds(20);
  return result;
}

void run(const std::string& connection, const std::string& statement) {
  soci::session sql;
  open_session(at(connection), sql);
  sql << statement;
}

/// What a made-up version of this program makes of a ledger.
void upgrade(const std::string& connection, const ledger_layout& layout) {
  soci::session sql;
  open_session(at(connection), sql);
  bring_up_to_date(sql, value_of(parse_connection(connection)).sqlite, layout);
}

ledger_layout layout() {
  return {columns_of<frame_result>(), ledger_migrations};
}

std::vector<frame_result> all_of(const std::string& connection) {
  auto uut = value_of(ledger::open(at(connection)));
  auto result = value_of(uut.find({}));
  BOOST_TEST(uut.unreadable() == 0u);
  BOOST_TEST(value_of(uut.rows()) == result.size());
  return result;
}

/// What yesterday's version left in each database.
std::vector<frame_result> old_results() {
  std::vector<frame_result> xs;
  xs.push_back(result_of("K\xC3\xBC"
                         "che / 2",
                         30, 1));
  xs.back().objects.clear();
  for (uint64_t i = 0; i < 4; ++i)
    xs.push_back(result_of("door", 15 * i));
  return xs;
}

/// A member more, with the value of a result that lacks it.
void knows_a_new_member(const std::string& connection) {
  auto next = layout();
  next.columns.push_back({"night", false, 7, {}});
  next.columns.push_back({"weather", true, 0, "it's fine"});
  upgrade(connection, next);
  BOOST_TEST((all_of(connection) == old_results()));
  soci::session sql;
  open_session(at(connection), sql);
  int n = 0;
  sql << "select count(*) from results where night = 7 and weather = 'it''s "
         "fine'",
    soci::into(n);
  BOOST_TEST(n == 5);
  // This version, which does not know them, goes on writing.
  auto uut = value_of(ledger::open(at(connection)));
  BOOST_TEST(value_of(uut.record({result_of("new", 1)})).added == 1u);
  BOOST_TEST(value_of(uut.record({result_of("new", 1, 2)})).revised == 1u);
}

/// A member less: its column is one that this version does not know.
/// Yesterday's tables have no defaults.
void forgets_a_member(const std::string& connection) {
  run(connection, "alter table results rename column regions to unclear");
  auto found = all_of(connection);
  BOOST_TEST_REQUIRE(found.size() == 6u);
  for (auto& x : found)
    BOOST_TEST(x.regions == 0u);
  auto uut = value_of(ledger::open(at(connection)));
  BOOST_TEST(value_of(uut.record({result_of("new", 2)})).added == 1u);
}

/// A new meaning, with a version of its own.
void changes_a_meaning(const std::string& connection) {
  auto next = layout();
  next.migrations.push_back(
    {3,
     {"update results set pipeline = 'renamed' where pipeline = 'high_low'",
      "update results set pts_us = pts_us / 1000"}});
  upgrade(connection, next);
  upgrade(connection, next); // once
  soci::session sql;
  open_session(at(connection), sql);
  long long sum = 0;
  long long n = 0;
  sql << "select sum(pts_us) from results where stream = 'door'",
    soci::into(sum);
  sql << "select count(*) from results where pipeline = 'renamed'",
    soci::into(n);
  BOOST_TEST(sum == 40 * (15 + 30 + 45));
  BOOST_TEST(n == 7);
  // This version must not read them as if nothing was.
  auto problem = why(ledger::open(at(connection)));
  BOOST_TEST(problem.find("bad_config: failed to open the ledger ") == 0u,
             problem);
  BOOST_TEST(problem.find(": a newer version made it (schema 3, this one knows "
                          "2); start that one, or name another ledger in "
                          "store.ledger")
               != std::string::npos,
             problem);
}

void changes_whole_or_not_at_all(const std::string& connection) {
  auto next = layout();
  next.migrations.push_back(
    {3, {"update results set regions = 99", "this is no statement"}});
  BOOST_CHECK_THROW(upgrade(connection, next), std::exception);
  BOOST_TEST((all_of(connection) == old_results()));
}

struct fixture {
  test::temp_dir dir;
  std::string file = test::yesterday(dir, "ledger.db");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_schema_tests, fixture)

BOOST_AUTO_TEST_CASE(yesterdays_ledger_opens_and_goes_on) {
  BOOST_TEST((all_of(file) == old_results()));
  auto uut = value_of(ledger::open(at(file)));
  auto more = value_of(uut.record(
    {result_of("door", 45), result_of("door", 60), result_of("door", 30, 1)}));
  BOOST_TEST(more.added == 1u);
  BOOST_TEST(more.revised == 1u);
  BOOST_TEST(more.repeated == 1u);
  BOOST_TEST(value_of(uut.rows()) == 6u);
  BOOST_TEST(value_of(uut.count()) == 6u);
}

BOOST_AUTO_TEST_CASE(yesterdays_ledger_opens_after_three_changes_of_schema) {
  changes_whole_or_not_at_all(file);
  knows_a_new_member(file);
  forgets_a_member(file);
  changes_a_meaning(file);
}

BOOST_AUTO_TEST_CASE(yesterdays_ledger_of_a_server_opens_after_them_too) {
  test::postgres_server server;
  if (!server.runs()) {
    BOOST_TEST_MESSAGE("skipped: no PostgreSQL server can be started here");
    return;
  }
  auto to = server.connection();
  // As commit 9b31756 made it.
  run(to,
      "create table results (stream text collate \"C\" not null, frame bigint "
      "not null, pts_us bigint not null, captured bigint not null, answered "
      "bigint not null, processing bigint not null, chunk bigint not null, "
      "pipeline text collate \"C\" not null, located text collate \"C\" not "
      "null, regions bigint not null, revision bigint not null, damaged bigint "
      "not null, objects text collate \"C\" not null, primary key (stream, "
      "frame))");
  run(to, "create index results_captured on results (captured)");
  value_of(value_of(ledger::open(at(to))).record(old_results()));
  run(to, "drop table ledger_schema");
  changes_whole_or_not_at_all(to);
  knows_a_new_member(to);
  forgets_a_member(to);
  changes_a_meaning(to);
}

BOOST_AUTO_TEST_CASE(who_only_reads_changes_nothing_of_an_old_ledger) {
  run(file, "alter table results rename column regions to unclear");
  auto cfg = at(file);
  cfg.read_only = true;
  auto found = value_of(value_of(ledger::open(cfg)).find({}));
  BOOST_TEST(found.size() == 5u);
  soci::session sql;
  open_session(cfg, sql);
  BOOST_TEST(columns_in(sql, true).size() == 13u);
}

BOOST_AUTO_TEST_CASE(a_table_of_another_program_is_left_alone) {
  auto other = dir.path("other.db");
  run(other, "create table results (score bigint)");
  BOOST_TEST(
    why(ledger::open(at(other)))
    == "bad_config: failed to open the ledger " + other
         + ": its table \"results\" is another program's; name another "
           "ledger in store.ledger");
  soci::session sql;
  open_session(at(other), sql);
  BOOST_TEST(columns_in(sql, true).size() == 1u);
}

BOOST_AUTO_TEST_CASE(
  objects_of_other_versions_are_read_as_far_as_they_are_known) {
  run(file, "update results set objects = '[{\"label\": \"car\", \"speed\": 3, "
            "\"where\": {\"x0\": 0.5, \"depth\": 1}}]' where frame = 15");
  auto found = all_of(file);
  BOOST_TEST_REQUIRE(found[2].objects.size() == 1u);
  BOOST_TEST(found[2].objects[0].label == "car");
  BOOST_TEST(found[2].objects[0].where.x0 == .5f);
}

BOOST_AUTO_TEST_CASE(a_row_that_cannot_be_read_hides_no_other) {
  run(file, "update results set objects = '[{' where frame = 15");
  run(file, "update results set located = 'moon' where frame = 45");
  auto uut = value_of(ledger::open(at(file)));
  BOOST_TEST(value_of(uut.find({})).size() == 3u);
  BOOST_TEST(uut.unreadable() == 2u);
}

BOOST_AUTO_TEST_CASE(rows_are_accounted_for) {
  auto uut = value_of(ledger::open(at(dir.path("new.db"))));
  BOOST_TEST(value_of(uut.rows()) == 0u);
  value_of(uut.record(results_of("a", 0, 20)));
  value_of(uut.record(results_of("a", 10, 20)));
  BOOST_TEST(value_of(uut.rows()) == 30u);
  retention keep;
  keep.max_rows = 12;
  BOOST_TEST(value_of(uut.prune(keep, result_of("a", 30).captured, 10)) == 10u);
  BOOST_TEST(value_of(uut.rows()) == 20u);
  keep.max_age = std::chrono::nanoseconds(15); // before frame 15
  BOOST_TEST(value_of(uut.prune(keep, result_of("a", 30).captured, 100)) == 8u);
  BOOST_TEST(value_of(uut.rows()) == 12u);
  BOOST_TEST(value_of(uut.count()) == 12u);
}

BOOST_AUTO_TEST_CASE(nobody_else_may_read_a_ledger) {
  namespace fs = std::filesystem;
  auto mode = [](const std::string& path) {
    return static_cast<unsigned>(fs::status(path).permissions());
  };
  auto path = dir.path("new/folder/x.db");
  auto uut = value_of(ledger::open(at(path)));
  value_of(uut.record({result_of("a", 1)}));
  BOOST_TEST(mode(dir.path("new")) == 0700u);
  BOOST_TEST(mode(dir.path("new/folder")) == 0700u);
  for (auto end : {"", "-wal", "-shm"})
    BOOST_TEST(mode(path + end) == 0600u);
  // As versions before made it.
  fs::permissions(file, fs::perms{0644});
  value_of(ledger::open(at(file)));
  BOOST_TEST(mode(file) == 0600u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_gone_or_another_is_noticed) {
  namespace fs = std::filesystem;
  auto path = dir.path("x.db");
  auto uut = value_of(ledger::open(at(path)));
  value_of(uut.record(results_of("a", 0, 3)));
  BOOST_TEST(!uut.moved());
  fs::rename(path, path + ".1");
  BOOST_TEST(uut.moved());
  uut.settle(); // the one that was moved away is whole
  fs::remove(path + "-wal");
  BOOST_TEST(all_of(path + ".1").size() == 3u);
  uut = value_of(ledger::open(at(path)));
  BOOST_TEST(!uut.moved());
  fs::copy_file(path + ".1", path + ".2");
  fs::rename(path + ".2", path);
  BOOST_TEST(uut.moved());
  uut = value_of(ledger::open(at(path)));
  value_of(uut.record({result_of("a", 7)}));
  fs::remove(path + "-wal"); // what is in it goes when this process does
  BOOST_TEST(uut.moved());
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_moved_away_with_all_that_is_its) {
  namespace fs = std::filesystem;
  auto path = dir.write("x.db", std::string(8192, 'x'));
  auto problem = ledger::open(at(path));
  BOOST_TEST((problem.error() == ec::bad_input), why(problem));
  dir.write("x.db-wal", "y");
  caf::timestamp noon{std::chrono::seconds{1'800'000'000}};
  auto to = value_of(set_aside(path, noon));
  BOOST_TEST(to == path + ".damaged-20270115T080000");
  BOOST_TEST(fs::exists(to));
  BOOST_TEST(fs::exists(to + "-wal"));
  BOOST_TEST(!fs::exists(path));
  BOOST_TEST(all_of(path).empty());
  BOOST_TEST(value_of(set_aside(path, noon)) == to + "-1");
}

BOOST_AUTO_TEST_SUITE_END()
