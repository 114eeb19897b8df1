#include "runtime/store/ledger.hpp"

#include "support/child_process.hpp"
#include "support/expect.hpp"
#include "support/postgres_server.hpp"
#include "support/results.hpp"
#include "support/small_disk.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <random>

using namespace vpaas;
using namespace std::chrono_literals;
using test::result_of;
using test::results_of;
using test::value_of;
using test::why;

namespace {

database_config at(const std::string& connection) {
  database_config result;
  result.connection = connection;
  result.patience = 20ms;
  return result;
}

ledger open(const std::string& connection) {
  return value_of(ledger::open(at(connection)));
}

std::vector<std::pair<std::string, uint64_t>>
keys_of(const std::vector<frame_result>& xs) {
  std::vector<std::pair<std::string, uint64_t>> result;
  for (const auto& x : xs)
    result.emplace_back(x.stream, x.frame);
  return result;
}

using keys = std::vector<std::pair<std::string, uint64_t>>;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The same for every database.

void keeps_each_frame_once(const std::string& connection) {
  auto uut = open(connection);
  auto first = value_of(uut.record({result_of("a", 1), result_of("a", 2),
                                    result_of("b", 1), result_of("a", 2)}));
  BOOST_TEST(first.added == 3u);
  BOOST_TEST(first.repeated == 1u);
  auto better = result_of("a", 2, 1);
  better.objects.resize(1);
  auto second = value_of(uut.record({better, result_of("a", 1)}));
  BOOST_TEST(second.added == 0u);
  BOOST_TEST(second.revised == 1u);
  BOOST_TEST(second.repeated == 1u);
  // An earlier revision that comes late changes nothing.
  BOOST_TEST(value_of(uut.record({result_of("a", 2)})).repeated == 1u);
  auto found = value_of(uut.find({}));
  BOOST_TEST_REQUIRE(found.size() == 3u);
  BOOST_TEST((found[0] == result_of("a", 1)));
  BOOST_TEST((found[1] == better));
  BOOST_TEST((found[2] == result_of("b", 1)));
  BOOST_TEST(value_of(uut.count()) == 3u);
  BOOST_TEST((value_of(uut.last_frame("a")) == std::optional<uint64_t>{2}));
  BOOST_TEST(!value_of(uut.last_frame("c")));
}

void finds_in_order_by_pages(const std::string& connection) {
  auto uut = open(connection);
  value_of(
    uut.record({result_of("B", 10), result_of("a", 7), result_of("a", 30),
                result_of("a", 4), result_of("B", 2)}));
  // Bytes, not the language: B before a.
  keys all{{"B", 2}, {"B", 10}, {"a", 4}, {"a", 7}, {"a", 30}};
  BOOST_TEST((keys_of(value_of(uut.find({}))) == all));
  result_query q;
  q.stream = "a";
  q.first = 5;
  q.last = 30;
  BOOST_TEST((keys_of(value_of(uut.find(q))) == keys{{"a", 7}, {"a", 30}}));
  q.first = 0;
  q.since = result_of("a", 7).captured;
  BOOST_TEST((keys_of(value_of(uut.find(q))) == keys{{"a", 7}, {"a", 30}}));
  q = {};
  q.most = 2;
  keys paged;
  for (;;) {
    auto page = value_of(uut.find(q));
    if (page.empty())
      break;
    BOOST_TEST(page.size() <= 2u);
    for (auto& x : keys_of(page))
      paged.push_back(x);
    q.after = page.back().stream;
    q.after_frame = page.back().frame;
  }
  BOOST_TEST((paged == all));
}

void keeps_hostile_content(const std::string& connection) {
  auto uut = open(connection);
  const std::string names[] = {"'; drop table results; --",
                               "\"quoted\"",
                               std::string{"nul\0l", 5},
                               "Stra\xC3\x9F" // NOLINT
                               "e \xF0\x9F\x9A\x97",
                               "\xFF\xFE",
                               "%00",
                               ":frame $1 ?",
                               std::string(10'000, 'x'),
                               "\\"};
  std::vector<frame_result> xs;
  for (const auto& x : names) {
    xs.push_back(result_of(x, 1));
    xs.back().pipeline = x;
    xs.back().objects[0].label = "' \" \\ \n :x " + std::string(1, '\0');
  }
  xs[0].captured = caf::timestamp{caf::timespan{-5}};
  xs[0].pts_us = std::numeric_limits<int64_t>::min();
  xs[0].frame = std::numeric_limits<int64_t>::max();
  xs[0].objects.clear();
  BOOST_TEST(value_of(uut.record(xs)).added == std::size(names));
  for (const auto& x : xs) {
    result_query q;
    q.stream = x.stream;
    auto found = value_of(uut.find(q));
    BOOST_TEST_REQUIRE(found.size() == 1u);
    BOOST_TEST((found[0] == x));
  }
}

void prunes_what_was_captured_first(const std::string& connection) {
  auto uut = open(connection);
  value_of(uut.record(results_of("a", 0, 10)));
  value_of(uut.record(results_of("b", 10, 10)));
  auto now = result_of("b", 20).captured;
  retention keep;
  BOOST_TEST(value_of(uut.prune(keep, now, 100)) == 0u);
  keep.max_age = 15ns; // frames 5 to 19 are not older
  BOOST_TEST(value_of(uut.prune(keep, now, 3)) == 3u);
  BOOST_TEST(value_of(uut.prune(keep, now, 100)) == 2u);
  keep = {};
  keep.max_rows = 12;
  BOOST_TEST(value_of(uut.prune(keep, now, 2)) == 2u);
  BOOST_TEST(value_of(uut.prune(keep, now, 100)) == 1u);
  BOOST_TEST(value_of(uut.prune(keep, now, 100)) == 0u);
  auto left = keys_of(value_of(uut.find({})));
  BOOST_TEST(left.size() == 12u);
  BOOST_TEST((left.front() == std::pair<std::string, uint64_t>{"a", 8}));
}

/// A folder with a ledger of SQLite in it.
struct fixture {
  test::temp_dir dir;
  std::string file = dir.path("deep/results.db");
  std::string connection = "sqlite3://" + file;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_tests, fixture)

BOOST_AUTO_TEST_CASE(each_frame_is_kept_once_in_its_last_revision) {
  keeps_each_frame_once(connection);
}

BOOST_AUTO_TEST_CASE(results_are_found_in_order_and_by_pages) {
  finds_in_order_by_pages(connection);
}

BOOST_AUTO_TEST_CASE(hostile_content_is_kept_as_it_is) {
  keeps_hostile_content(connection);
}

BOOST_AUTO_TEST_CASE(retention_deletes_what_was_captured_first) {
  prunes_what_was_captured_first(connection);
}

BOOST_AUTO_TEST_CASE(postgresql_keeps_what_sqlite_keeps) {
  test::postgres_server server;
  if (!server.runs()) {
    BOOST_TEST_MESSAGE("skipped: no PostgreSQL server can be started here");
    return;
  }
  auto clear = [&] {
    auto x = open(server.connection());
    retention keep;
    keep.max_age = 1ns;
    value_of(x.prune(keep, caf::timestamp::max(), 1'000'000));
    BOOST_TEST(value_of(x.count()) == 0u);
    BOOST_TEST(value_of(x.rows()) == 0u);
  };
  for (auto test : {keeps_each_frame_once, finds_in_order_by_pages,
                    keeps_hostile_content, prunes_what_was_captured_first}) {
    test(server.connection());
    clear();
  }
  auto uut = open(server.connection());
  server.stop();
  auto problem = why(uut.record({result_of("a", 1)}));
  BOOST_TEST(contains(problem, "io: failed to write results to postgresql://"),
             problem);
  BOOST_TEST(!contains(problem, "secret"), problem);
  BOOST_TEST(!contains(problem, "\n"), problem);
  problem = why(ledger::open(at(server.connection())));
  BOOST_TEST(contains(problem, "; look at the database server"), problem);
  server.start();
  BOOST_TEST(
    value_of(open(server.connection()).record({result_of("a", 1)})).added
    == 1u);
}

BOOST_AUTO_TEST_CASE(a_batch_is_kept_whole_or_not_at_all) {
  auto uut = open(connection);
  {
    auto other = open(connection);
    value_of(other.record({result_of("a", 1)}));
  }
  // The second of three rows fails.
  BOOST_TEST(value_of(uut.count()) == 1u);
  test::child_process sqlite{
    {"sqlite3", file,
     "create trigger t before insert on results when new.frame = 3 begin "
     "select raise(abort, 'no threes'); end"}};
  BOOST_TEST_REQUIRE(sqlite.finish() == 0);
  auto problem = why(uut.record(results_of("a", 2, 3)));
  BOOST_TEST(contains(problem, "no threes"), problem);
  BOOST_TEST(value_of(open(connection).count()) == 1u);
}

BOOST_AUTO_TEST_CASE(a_process_that_is_killed_loses_nothing_it_was_told) {
  int told[2];
  BOOST_TEST_REQUIRE(::pipe(told) == 0);
  auto pid = ::fork();
  if (pid == 0) {
    auto uut = ledger::open(at(connection));
    for (uint64_t i = 0; uut && uut->record(results_of("a", 10 * i, 10)); ++i)
      if (::write(told[1], &i, sizeof i) != sizeof i)
        break;
    ::_exit(1);
  }
  uint64_t batch = 0;
  while (batch < 20)
    BOOST_TEST_REQUIRE(::read(told[0], &batch, sizeof batch)
                       == static_cast<ssize_t>(sizeof batch));
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  ::close(told[1]);
  while (::read(told[0], &batch, sizeof batch) > 0)
    continue;
  ::close(told[0]);
  auto uut = open(connection);
  auto rows = value_of(uut.count());
  BOOST_TEST(rows % 10 == 0u);
  BOOST_TEST(rows >= 10 * (batch + 1));
  // What was not told may be there; telling it again adds the rest once.
  value_of(uut.record(results_of("a", 0, rows + 10)));
  BOOST_TEST(value_of(uut.count()) == rows + 10);
}

BOOST_AUTO_TEST_CASE(a_number_of_64_bits_is_refused) {
  auto x = result_of("a", 1);
  BOOST_TEST(why(check_storable(x)) == "");
  x.frame = 1ull << 63;
  BOOST_TEST(why(check_storable(x))
               .find("bad_input: failed to keep a result "
                     "of a: ")
             == 0u);
  x = result_of("a", 1);
  x.chunk = 1ull << 63;
  BOOST_TEST(why(check_storable(x)) != "");
}

BOOST_AUTO_TEST_CASE(a_lock_of_another_process_is_named) {
  auto uut = open(connection);
  test::child_process other{{"sqlite3", file}};
  BOOST_TEST(other.write("begin immediate; select 'locked';\n"));
  BOOST_TEST_REQUIRE(other.line() == "locked");
  BOOST_TEST(why(uut.record({result_of("a", 1)}))
             == "io: failed to write results to " + file
                  + ": database is locked; end the other process that uses it");
  BOOST_TEST(why(uut.find({})) == ""); // readers go on
  other.kill();
  BOOST_TEST(value_of(open(connection).record({result_of("a", 1)})).added
             == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_named) {
  auto other = dir.write("other.db", std::string(8192, 'x'));
  BOOST_TEST(why(ledger::open(at(other)))
             == "bad_input: failed to open the ledger " + other
                  + ": file is not a database; move the file away; a new one "
                    "will be made");
}

BOOST_AUTO_TEST_CASE(damaged_pages_are_an_error_and_no_crash) {
  std::filesystem::create_directories(dir.path("deep"));
  {
    auto uut = open(connection);
    value_of(uut.record(results_of("a", 0, 2000)));
  }
  std::mt19937 random{7};
  auto size = std::filesystem::file_size(file);
  {
    std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
    for (auto at = 4096u; at < size; at += 1 + random() % 64) {
      bytes.seekp(at);
      bytes.put(static_cast<char>(random()));
    }
  }
  auto uut = ledger::open(at(connection));
  auto problem = uut
                   ? why(uut->find({})) + why(uut->record({result_of("a", 1)}))
                   : why(uut);
  BOOST_TEST(contains(problem, "bad_input: failed to "), problem);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_and_loses_no_row) {
  test::small_disk disk{512 * 1024};
  if (!disk.mounted()) {
    BOOST_TEST_MESSAGE("skipped: this user may not mount a file system");
    return;
  }
  uint64_t kept = 0;
  std::string problem;
  {
    auto uut = open(disk.path("x.db"));
    while (problem.empty() && kept < 10'000) {
      problem = why(uut.record(results_of("a", kept, 20)));
      kept += problem.empty() ? 20 : 0;
    }
  }
  BOOST_TEST(contains(problem, "io: failed to write results to "
                                 + disk.path("x.db") + ": "),
             problem);
  BOOST_TEST(contains(problem, "disk is full; free some space on its disk"),
             problem);
  disk.resize(4 << 20);
  auto uut = open(disk.path("x.db"));
  BOOST_TEST(value_of(uut.count()) == kept);
  BOOST_TEST(value_of(uut.record(results_of("a", kept, 20))).added == 20u);
}

BOOST_AUTO_TEST_CASE(a_read_only_disk_is_named) {
  test::small_disk disk{4 << 20};
  if (!disk.mounted()) {
    BOOST_TEST_MESSAGE("skipped: this user may not mount a file system");
    return;
  }
  {
    auto uut = open(disk.path("x.db"));
    value_of(uut.record({result_of("a", 1)}));
  }
  BOOST_TEST_REQUIRE(disk.make_read_only());
  auto problem = why(ledger::open(at(disk.path("x.db"))));
  BOOST_TEST(contains(problem, "; let this user write the file and its folder"),
             problem);
}

BOOST_AUTO_TEST_CASE(a_reader_makes_nothing_and_changes_nothing) {
  auto cfg = at(file);
  cfg.read_only = true;
  BOOST_TEST(why(ledger::open(cfg))
             == "io: failed to open the ledger " + file
                  + ": there is no such file; look at its disk");
  auto writer = open(connection);
  value_of(writer.record({result_of("a", 1)}));
  auto uut = value_of(ledger::open(cfg));
  BOOST_TEST(value_of(uut.find({})).size() == 1u);
  // What is written later is seen too.
  value_of(writer.record({result_of("a", 2)}));
  BOOST_TEST(value_of(uut.find({})).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
