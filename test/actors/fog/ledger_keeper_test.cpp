#include "actors/fog/ledger_keeper.hpp"

#include "actors/fog/result_file.hpp"
#include "support/child_process.hpp"
#include "support/ledger_actor.hpp"
#include "support/results.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace vpaas;
using namespace std::chrono_literals;
using test::result_of;
using test::results_of;

namespace {

struct fixture : test::ledger_system {
  static std::vector<event> events_of(uint64_t first, uint64_t n) {
    std::vector<event> result;
    for (auto i = first; i < first + n; ++i) {
      event x;
      x.stream = "a";
      x.frame = i;
      x.kind = "seen";
      result.push_back(x);
    }
    return result;
  }

  /// @returns what went wrong
  std::string keep(const std::vector<event>& xs) {
    auto to = caf::actor_cast<events_actor>(uut);
    std::string result;
    auto reply = self->request(to, std::chrono::seconds(1), publish_atom_v, xs);
    run();
    reply.receive([] {}, [&](const caf::error& x) { result = describe(x); });
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_keeper_tests, fixture)

BOOST_AUTO_TEST_CASE(results_are_kept_found_and_counted) {
  cfg.max_found = 3;
  start();
  BOOST_TEST(record(results_of("a", 0, 4)) == 4u);
  BOOST_TEST(record({result_of("a", 3), result_of("a", 2, 1)}) == 0u);
  BOOST_TEST(ask<std::vector<frame_result>>(find_atom_v, result_query{}).size()
             == 3u);
  auto x = status();
  BOOST_TEST(x["rows"] == 4);
  BOOST_TEST(x["recorded"] == 6);
  BOOST_TEST(x["added"] == 4);
  BOOST_TEST(x["repeated"] == 1);
  BOOST_TEST(x["revised"] == 1);
  BOOST_TEST(x["transaction"]["count"] == 2);
  BOOST_TEST(x["state"] == "ready");
  BOOST_TEST(x["database"] == file);
}

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_opened_is_tried_again) {
  dir.write("store", "a file where the folder should be");
  start();
  BOOST_TEST(record({result_of("a", 1)}) == 0u);
  BOOST_TEST(problem.find("io: failed to open the ledger " + file) == 0u,
             problem);
  BOOST_TEST(status()["state"] == "failed");
  BOOST_TEST(status()["failed"] == 2); // one at the start
  std::filesystem::remove(dir.path("store"));
  BOOST_TEST(record({result_of("a", 1)}) == 1u);
  BOOST_TEST(status()["state"] == "ready");
}

BOOST_AUTO_TEST_CASE(an_error_is_answered_and_the_next_request_opens_anew) {
  start();
  BOOST_TEST(record({result_of("a", 1)}) == 1u);
  test::child_process other{{"sqlite3", file}};
  BOOST_TEST(other.write("begin immediate; select 'locked';\n"));
  BOOST_TEST_REQUIRE(other.line() == "locked");
  record(results_of("a", 2, 2));
  BOOST_TEST(problem
             == "io: failed to write results to " + file
                  + ": database is locked; end the other process that uses it");
  BOOST_TEST(status()["last_error"]
             == "io: failed to write results to " + file
                  + ": database is locked; end the other process that uses it");
  other.kill();
  BOOST_TEST(record(results_of("a", 2, 2)) == 2u);
  auto x = status();
  BOOST_TEST(x["opened"] == 2);
  BOOST_TEST(x["failed"] == 1);
  BOOST_TEST(x["rows"] == 3);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_kept_is_refused_whole) {
  start();
  auto bad = result_of("a", 2);
  bad.frame = ~0ull;
  record({result_of("a", 1), bad});
  BOOST_TEST(problem.find("bad_input: ") == 0u, problem);
  BOOST_TEST(status()["rows"] == 0);
  BOOST_TEST(status()["opened"] == 1);
}

BOOST_AUTO_TEST_CASE(events_are_kept_once_found_and_counted) {
  cfg.max_found = 2;
  start();
  BOOST_TEST(keep(events_of(1, 3)) == "");
  BOOST_TEST(keep(events_of(2, 3)) == ""); // two of them again
  event_query query;
  auto found = ask<std::vector<event>>(find_atom_v, query);
  BOOST_TEST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[1].frame == 2u);
  query.after = found[1].id;
  found = ask<std::vector<event>>(find_atom_v, query);
  BOOST_TEST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[1].frame == 4u);
  auto x = status();
  BOOST_TEST(x["events"] == 4);
  BOOST_TEST(x["events_repeated"] == 2);
  BOOST_TEST(x["opened"] == 1);
}

BOOST_AUTO_TEST_CASE(events_wait_for_a_disk_that_fails) {
  dir.write("store", "a file where the folder should be");
  start();
  BOOST_TEST(keep(events_of(1, 1)).find("io: failed to open") == 0u);
  std::filesystem::remove(dir.path("store"));
  BOOST_TEST(keep(events_of(1, 1)) == "");
  std::filesystem::remove(file); // and all that was in it
  BOOST_TEST(keep(events_of(2, 1)) == "");
  auto found = ask<std::vector<event>>(find_atom_v, event_query{});
  BOOST_TEST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0].frame == 2u);
}

BOOST_AUTO_TEST_CASE(old_events_go_as_results_do) {
  cfg.keep.max_rows = 5;
  start();
  BOOST_TEST(keep(events_of(1, 20)) == "");
  advance(60s);
  BOOST_TEST(status()["events_pruned"] == 15);
  auto left = ask<std::vector<event>>(find_atom_v, event_query{});
  BOOST_TEST_REQUIRE(left.size() == 5u);
  BOOST_TEST(left[0].frame == 16u);
}

BOOST_AUTO_TEST_CASE(an_event_that_cannot_be_kept_is_refused) {
  start();
  auto xs = events_of(1, 2);
  xs[1].object = ~0ull;
  BOOST_TEST(keep(xs).find("bad_input: ") == 0u);
  BOOST_TEST(status()["opened"] == 1);
}

BOOST_AUTO_TEST_CASE(old_results_go_at_each_pruning) {
  cfg.keep.max_rows = 5;
  cfg.prune_rows = 4;
  start();
  record(results_of("a", 0, 20));
  advance(59s);
  BOOST_TEST(status()["pruned"] == 0);
  advance(1s);
  BOOST_TEST(status()["pruned"] == 4);
  for (int i = 0; i < 3; ++i)
    advance(20ms);
  BOOST_TEST(status()["pruned"] == 15);
  BOOST_TEST(status()["rows"] == 5);
  auto left = ask<std::vector<frame_result>>(find_atom_v, result_query{});
  BOOST_TEST_REQUIRE(left.size() == 5u);
  BOOST_TEST(left[0].frame == 15u);
}

BOOST_AUTO_TEST_CASE(a_wrong_connection_is_a_wrong_configuration) {
  cfg.database.connection = "mysql://x";
  BOOST_TEST((cfg.validate() == ec::bad_config));
  cfg.database.connection = file;
  cfg.prune_rows = 0;
  BOOST_TEST((cfg.validate() == ec::bad_config));
  cfg.prune_rows = 1;
  start(); // what the destructor ends
}

BOOST_AUTO_TEST_CASE(lines_are_appended_whole_and_read_back) {
  cfg.database.connection = file;
  start();
  auto path = dir.path("lines/results.jsonl");
  auto writer = sys.spawn(result_file, path);
  auto put = [&](const std::vector<frame_result>& xs) {
    std::string result = "written";
    auto reply = self->request(writer, 1s, result_atom_v, xs);
    run();
    reply.receive([] {}, [&](const caf::error& x) { result = describe(x); });
    return result;
  };
  auto read = [&] {
    std::vector<frame_result> result;
    std::ifstream in{path};
    for (std::string line; std::getline(in, line);)
      result.push_back(*from_json<frame_result>(json::parse(line)));
    return result;
  };
  auto first = result_of("line\nbreak", 1);
  BOOST_TEST(put({first}) == "written");
  BOOST_TEST(put({result_of("a", 2)}) == "written");
  BOOST_TEST((read() == std::vector<frame_result>{first, result_of("a", 2)}));
  // Someone moves the file away.
  std::filesystem::rename(path, path + ".1");
  BOOST_TEST(put({result_of("a", 3)}) == "written");
  BOOST_TEST((read() == std::vector<frame_result>{result_of("a", 3)}));
  std::filesystem::remove(path);
  std::filesystem::create_directories(path);
  BOOST_TEST(put({result_of("a", 4)})
             == "io: failed to write results to " + path
                  + ": Is a directory; look at its disk and permissions");
  std::filesystem::remove(path);
  BOOST_TEST(put({result_of("a", 5)}) == "written");
  caf::anon_send_exit(writer, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_SUITE_END()
