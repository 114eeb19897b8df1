// What a chunk spool does about clocks, removed streams, folders that are away
// and files of other versions.

#include "actors/fog/chunk_spool.hpp"
#include "actors/fog/stored_segment.hpp"

#include "support/expect.hpp"
#include "support/spool_actor.hpp"
#include "support/yesterday.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

using fixture = test::spool_system;

BOOST_FIXTURE_TEST_SUITE(spool_upkeep_tests, fixture)

BOOST_AUTO_TEST_CASE(what_was_found_does_not_age_by_a_clock_that_is_new) {
  start();
  keep(part_of("a", 1));
  advance(1h);
  keep(part_of("a", 2));
  kill();
  jump += 24h * 365; // the machine lost its clock
  start();
  open("a", make_owner());
  keep(part_of("a", 3));
  BOOST_TEST(status()["segments"] == 3);
  advance(30min);
  jump -= 24h * 365; // and somebody sets it
  advance(59min);
  BOOST_TEST(lost.empty());
  BOOST_TEST(status()["oldest_s"] == 3600 + 1800 + 59 * 60);
  advance(24h - 1h - 30min - 59min);
  BOOST_TEST(lost == strings{"owner 1 spool_age"},
             boost::test_tools::per_element());
  advance(1h);
  BOOST_TEST(lost.size() == 3u); // what was kept meanwhile too
}

BOOST_AUTO_TEST_CASE(what_is_too_old_at_the_start_goes_when_that_is_sure) {
  start();
  keep(part_of("a", 1));
  kill();
  jump += 48h;
  start();
  open("a", make_owner());
  advance(59min);
  BOOST_TEST(lost.empty());
  advance(2min);
  BOOST_TEST(lost == strings{"owner 1 spool_age"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_removed_stream_leaves_no_video) {
  start();
  auto owner = make_owner();
  open("a", owner);
  keep(part_of("a", 1));
  keep(part_of("a", 2));
  keep(part_of("b", 1));
  BOOST_TEST(tell(remove_atom_v, std::string{"a"}) == "");
  BOOST_TEST(!fs::exists(cfg.folder + "/" + folder_of("a", 0)));
  BOOST_TEST(status()["segments"] == 1);
  BOOST_TEST(status()["streams"] == 1);
  BOOST_TEST(lost.empty());
  BOOST_TEST(tell(remove_atom_v, std::string{"none"}) == "");
  BOOST_TEST(open("a", owner).position.next_segment == 0u);
}

BOOST_AUTO_TEST_CASE(a_stream_removed_while_the_folder_is_away_goes_later) {
  start();
  keep(part_of("a", 1));
  kill();
  fs::rename(cfg.folder, dir.path("away"));
  dir.write("spool", "a file");
  start();
  BOOST_TEST(tell(remove_atom_v, std::string{"a"}).find("io: ") == 0u);
  fs::remove(cfg.folder);
  fs::rename(dir.path("away"), cfg.folder);
  advance(1s);
  auto x = status();
  BOOST_TEST(x["state"] == "ready");
  BOOST_TEST(x["found"] == 1);
  BOOST_TEST(x["segments"] == 0);
}

BOOST_AUTO_TEST_CASE(
  a_folder_that_another_has_is_said_at_once_and_tried_again) {
  fixture other;
  other.cfg.folder = cfg.folder;
  other.start();
  BOOST_TEST(other.keep(other.part_of("a", 1)) == "");
  start();
  open("a", make_owner());
  BOOST_TEST(problem
             == "io: failed to open " + cfg.folder
                  + ": another process keeps its spool there; end it, or name "
                    "another folder in store.spool");
  BOOST_TEST(status()["state"] == "failed");
  other.kill();
  advance(1s);
  BOOST_TEST(status()["state"] == "ready");
  BOOST_TEST(open("a", make_owner()).segments.size() == 1u);
}

BOOST_AUTO_TEST_CASE(yesterdays_spool_is_taken_up) {
  cfg.folder = test::yesterday(dir, "spool");
  cfg.limits.max_age = 24h * 365 * 100;
  start();
  auto x = open("door", make_owner());
  BOOST_TEST_REQUIRE(x.segments.size() == 3u);
  BOOST_TEST(x.segments[0].number == 7u);
  BOOST_TEST(x.segments[0].parts == 2u);
  BOOST_TEST(x.segments[0].frames == 6u);
  BOOST_TEST(x.position.camera == "camera of door");
  BOOST_TEST(x.position.next_segment == 10u);
  BOOST_TEST(x.position.next_frame == 903u);
  BOOST_TEST(fetch("door", 7).size() == 2u);
  BOOST_TEST(open("empty", make_owner()).position.next_segment == 5u);
  BOOST_TEST(lost.empty());
  BOOST_TEST(status()["damaged"] == 0);
}

BOOST_AUTO_TEST_CASE(
  what_a_newer_version_kept_stays_and_is_not_numbered_again) {
  {
    auto next = spool_formats;
    next.push_back("spool-2");
    auto newer = test::value_of(spool::open(cfg.folder, next, cfg.limits));
    spool_part part{"a", 4, 0, 400, 60, now()};
    BOOST_TEST(test::why(newer->keep(part, "of the future", "here", now()))
               == "");
  }
  start();
  auto x = open("a", make_owner());
  BOOST_TEST(problem == "");
  BOOST_TEST(x.segments.empty());
  BOOST_TEST(x.position.camera == "");
  BOOST_TEST(x.position.next_segment == 5u);
  BOOST_TEST(x.position.next_frame == 460u);
  BOOST_TEST(status()["newer"] == 1);
  BOOST_TEST(lost.empty());
}

BOOST_AUTO_TEST_CASE(a_payload_that_cannot_be_read_is_damage) {
  {
    auto theirs
      = test::value_of(spool::open(cfg.folder, spool_formats, cfg.limits));
    spool_part part{"a", 4, 0, 400, 60, now()};
    theirs->keep(part, "no segment", "no position", now());
  }
  start();
  auto x = open("a", make_owner());
  BOOST_TEST(x.segments.size() == 1u);
  BOOST_TEST((x.position == spool_position{}));
  BOOST_TEST(fetch("a", 4).empty());
  BOOST_TEST(problem.find("bad_input: failed to read a segment") == 0u,
             problem);
  BOOST_TEST(lost == strings{"owner 4 damaged"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
