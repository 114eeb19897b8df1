#include "actors/fog/chunk_spool.hpp"

#include "support/log_lines.hpp"
#include "support/small_disk.hpp"
#include "support/spool_actor.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace vpaas;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

using fixture = test::spool_system;

BOOST_FIXTURE_TEST_SUITE(chunk_spool_tests, fixture)

BOOST_AUTO_TEST_CASE(a_new_start_finds_what_was_kept) {
  start();
  auto owner = make_owner();
  BOOST_TEST(open("door", owner).segments.empty());
  auto first = part_of("door", 7, 0);
  auto second = part_of("door", 7, 1);
  BOOST_TEST(keep(first) == "");
  BOOST_TEST(keep(second) == "");
  BOOST_TEST(keep(second) == ""); // the same again
  BOOST_TEST(status()["kept"] == 1);
  BOOST_TEST(status()["keep"]["count"] == 3);
  kill();
  start();
  auto found = open("door", owner);
  BOOST_TEST((found.position == place_of(second)));
  BOOST_TEST_REQUIRE(found.segments.size() == 1u);
  auto& x = found.segments[0];
  BOOST_TEST(x.number == 7u);
  BOOST_TEST(x.parts == 2u);
  BOOST_TEST(x.first_frame == first.first_frame);
  BOOST_TEST(x.frames == 2 * first.packets.size());
  BOOST_TEST(x.bytes > 2 * first.bytes.size());
  BOOST_TEST((x.captured == first.packets[0].captured));
  BOOST_TEST((fetch("door", 7) == std::vector<segment>{first, second}));
  BOOST_TEST(release("door", 7) == "");
  BOOST_TEST(fetch("door", 7).empty());
  BOOST_TEST(problem.find("not_found: ") == 0u, problem);
  auto y = status();
  BOOST_TEST(y["found"] == 1);
  BOOST_TEST(y["released"] == 1);
  BOOST_TEST(y["segments"] == 0);
  BOOST_TEST(y["state"] == "ready");
  kill();
  start();
  BOOST_TEST((open("door", owner).position == place_of(second)));
  BOOST_TEST(lost.empty());
}

BOOST_AUTO_TEST_CASE(owners_hear_what_is_given_up) {
  cfg.limits.max_bytes = uint64_t{3} * 4096;
  start();
  open("a", make_owner("A"));
  open("b", make_owner("B"));
  keep(part_of("a", 1));
  advance(1s);
  keep(part_of("b", 1));
  keep(part_of("c", 1)); // nobody's
  BOOST_TEST(lost.empty());
  keep(part_of("a", 2));
  keep(part_of("b", 2));
  BOOST_TEST(lost == (strings{"A 1 spool_bytes", "B 1 spool_bytes"}),
             boost::test_tools::per_element());
  keep(part_of("a", 3));
  BOOST_TEST(lost.size() == 2u); // nobody was there for it
  advance(cfg.limits.max_age);
  BOOST_TEST(lost.size() == 5u);
  BOOST_TEST(lost.back().find("spool_age") != std::string::npos);
  auto x = status();
  BOOST_TEST(x["lost"]["spool_bytes"] == 3);
  BOOST_TEST(x["lost"]["spool_age"] == 3);
  BOOST_TEST(x["kept"] == 6);
  BOOST_TEST(x["segments"] == 0);
  // Who comes late hears it then, after the answer.
  open("c", make_owner("C"));
  BOOST_TEST(lost.back() == "C 1 spool_bytes");
}

BOOST_AUTO_TEST_CASE(a_stream_whose_owner_died_keeps_its_segments) {
  start();
  auto first = make_owner("first");
  open("a", first);
  open("b", first);
  keep(part_of("a", 1));
  BOOST_TEST(status()["owned"] == 2);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  run();
  BOOST_TEST(status()["owned"] == 0);
  advance(1h);
  auto second = make_owner("second");
  BOOST_TEST(open("a", second).segments.size() == 1u);
  // Its place was taken: the end of the former owner changes nothing.
  auto third = make_owner("third");
  open("a", third);
  caf::anon_send_exit(second, caf::exit_reason::kill);
  run();
  BOOST_TEST(status()["owned"] == 1);
  advance(23h);
  BOOST_TEST(lost == strings{"third 1 spool_age"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stream_that_nobody_wants_is_forgotten_in_the_end) {
  start();
  open("mine", make_owner());
  keep(part_of("mine", 1));
  keep(part_of("gone", 1));
  release("mine", 1);
  release("gone", 1);
  auto pass = [this](int minutes) {
    for (int i = 0; i < minutes; ++i)
      advance(1min);
  };
  pass(24 * 60);
  BOOST_TEST(status()["streams"] == 2);
  pass(2);
  BOOST_TEST(status()["streams"] == 1);
  BOOST_TEST(open("mine", make_owner()).position.next_segment == 2u);
}

BOOST_AUTO_TEST_CASE(the_operator_is_warned_once_before_it_is_full) {
  cfg.limits.max_bytes = 10 * 4096;
  start();
  open("a", make_owner());
  for (uint64_t i = 1; i <= 7; ++i)
    keep(part_of("a", i));
  BOOST_TEST(status()["state"] == "ready");
  keep(part_of("a", 8));
  auto x = status();
  BOOST_TEST(x["state"] == "filling");
  BOOST_TEST(x["filled"].get<double>() == .8,
             boost::test_tools::tolerance(.01));
  BOOST_TEST(x["warnings"] == 1);
  keep(part_of("a", 9));
  release("a", 1);
  release("a", 2); // 7 of 10
  BOOST_TEST(status()["state"] == "filling");
  keep(part_of("a", 10));
  BOOST_TEST(status()["warnings"] == 1);
  release("a", 3);
  release("a", 4); // 6
  BOOST_TEST(status()["state"] == "ready");
  keep(part_of("a", 11));
  keep(part_of("a", 12));
  BOOST_TEST(status()["warnings"] == 2);
  BOOST_TEST(status()["state"] == "filling");
  BOOST_TEST(lost.empty());
}

BOOST_AUTO_TEST_CASE(what_grows_old_is_announced_too) {
  start();
  open("a", make_owner());
  keep(part_of("a", 1));
  advance(19h);
  BOOST_TEST(status()["state"] == "ready");
  advance(13min); // 80 % of 24 h are 19 h 12 min
  auto x = status();
  BOOST_TEST(x["warnings"] == 1);
  BOOST_TEST(x["state"] == "filling");
  BOOST_TEST(x["oldest_s"] == 19 * 3600 + 13 * 60);
  advance(5h - 13min - 1ns);
  BOOST_TEST(lost.empty());
  advance(1ns); // to the nanosecond
  BOOST_TEST(lost.size() == 1u);
  BOOST_TEST(status()["state"] == "ready");
}

BOOST_AUTO_TEST_CASE(a_clock_that_jumps_loses_nothing) {
  start();
  open("a", make_owner());
  keep(part_of("a", 1));
  advance(1h);
  jump += 48h; // somebody sets the clock
  keep(part_of("a", 2));
  BOOST_TEST(status()["oldest_s"] == 3600);
  advance(1h);
  jump -= 96h;
  BOOST_TEST(status()["oldest_s"] == 7200);
  keep(part_of("a", 3));
  BOOST_TEST(lost.empty());
  advance(22h);
  BOOST_TEST(lost.size() == 1u);
  advance(2h);
  BOOST_TEST(lost.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_tried_again) {
  dir.write("spool", "a file where the folder should be");
  cfg.folder = dir.path("spool/x");
  start();
  BOOST_TEST(keep(part_of("a", 1))
             == "io: failed to make " + cfg.folder
                  + ": Not a directory; look at its disk and permissions");
  open("a", make_owner());
  BOOST_TEST(problem.find("io: failed to make ") == 0u, problem);
  auto x = status();
  BOOST_TEST(x["state"] == "failed");
  BOOST_TEST(x["failures"] == 3); // one at the start
  BOOST_TEST(x["last_error"].get<std::string>().find("Not a dir")
             != std::string::npos);
  fs::remove(dir.path("spool"));
  advance(1min);
  BOOST_TEST(status()["state"] == "ready");
  BOOST_TEST(keep(part_of("a", 1)) == "");
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_answer_and_it_goes_on_after) {
  test::small_disk disk{256 * 1024};
  if (!disk.mounted()) {
    BOOST_TEST_MESSAGE("skipped: this user may not mount a file system");
    return;
  }
  cfg.folder = disk.path("spool");
  start();
  open("a", make_owner());
  uint64_t next = 0;
  while (keep(part_of("a", next, 0, 20'000)).empty() && next < 100)
    ++next;
  BOOST_TEST(problem.find("No space left on device; free some space")
               != std::string::npos,
             problem);
  BOOST_TEST(status()["state"] == "failed");
  BOOST_TEST(status()["segments"] == next);
  BOOST_TEST(release("a", 0) == "");
  BOOST_TEST(keep(part_of("a", next, 0, 20'000)) == "");
  auto x = status();
  BOOST_TEST(x["state"] == "ready");
  BOOST_TEST(x["failures"] == 1);
  BOOST_TEST(lost.empty());
  kill();
}

BOOST_AUTO_TEST_CASE(what_cannot_be_kept_is_refused) {
  cfg.limits.max_bytes = 8 * 4096;
  start();
  BOOST_TEST(keep(part_of("a", 1, 0, 40'000)).find("bad_config: ") == 0u);
  BOOST_TEST(keep(part_of("a", 1, 3)).find("not_found: ") == 0u);
  auto x = status();
  BOOST_TEST(x["refused"] == 2);
  BOOST_TEST(x["failures"] == 0);
  BOOST_TEST(x["state"] == "ready");
}

BOOST_AUTO_TEST_CASE(damage_is_a_line_of_the_log) {
  for (std::string format : {"text", "json"}) {
    cfg.folder = dir.path(format);
    start();
    for (uint64_t i = 1; i <= 2; ++i)
      keep(part_of("a", i));
    kill();
    for (auto name : {"/1-0", "/2-0"})
      fs::resize_file(cfg.folder + "/" + folder_of("a", 0) + name, 200);
    test::log_lines log{format};
    start();
    open("a", make_owner());
    auto left = std::string{
      " of stream a has left the spool without an answer: damaged"};
    BOOST_TEST(
      log.take()
        == (strings{"error: 2 damaged files of the spool " + cfg.folder
                      + " were deleted; look after its disk",
                    "warning: segment 1" + left, "warning: segment 2" + left}),
      boost::test_tools::per_element());
    kill();
  }
}

BOOST_AUTO_TEST_CASE(damage_is_told_to_the_owner) {
  start();
  for (uint64_t i = 1; i <= 3; ++i)
    keep(part_of("a", i));
  auto path = [this](const std::string& name) {
    return cfg.folder + "/" + folder_of("a", 0) + "/" + name;
  };
  kill();
  fs::resize_file(path("2-0"), 200);
  start();
  BOOST_TEST(open("a", make_owner()).segments.size() == 2u);
  BOOST_TEST(lost == strings{"owner 2 damaged"},
             boost::test_tools::per_element());
  // One that is damaged while it is kept.
  fs::resize_file(path("3-0"), 200);
  BOOST_TEST(fetch("a", 3).empty());
  BOOST_TEST(problem.find("bad_input: failed to read " + path("3-0")) == 0u,
             problem);
  BOOST_TEST(lost.back() == "owner 3 damaged");
  auto x = status();
  BOOST_TEST(x["lost"]["damaged"] == 2);
  BOOST_TEST(x["damaged"] == 2);
  BOOST_TEST(x["found"] == 3);
  BOOST_TEST(x["segments"] == 1);
}

BOOST_AUTO_TEST_CASE(a_wrong_configuration_is_refused) {
  cfg.limits.max_bytes = 0;
  BOOST_TEST((cfg.validate() == ec::bad_config));
  cfg.limits.max_bytes = 1;
  cfg.folder = "";
  BOOST_TEST((cfg.validate() == ec::bad_config));
}

BOOST_AUTO_TEST_CASE(a_spool_that_was_made_smaller_gives_up_the_rest) {
  start();
  for (uint64_t i = 1; i <= 5; ++i)
    keep(part_of("a", i));
  kill();
  cfg.limits.max_bytes = 2 * 4096;
  start();
  BOOST_TEST(status()["bytes"] == 2 * 4096);
  BOOST_TEST(open("a", make_owner()).segments.size() == 2u);
  BOOST_TEST(lost.size() == 3u); // while nobody was there
}

BOOST_AUTO_TEST_SUITE_END()
