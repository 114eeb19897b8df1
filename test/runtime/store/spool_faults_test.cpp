// What a spool makes of damaged files, full disks and sudden deaths.

#include "runtime/store/spool.hpp"

#include "support/expect.hpp"
#include "support/small_disk.hpp"
#include "support/spool_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

using namespace vpaas;
using test::at;
using test::contains;
using test::value_of;
using test::why;

namespace fs = std::filesystem;

namespace {

using fixture = test::spool_folder;

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_fault_tests, fixture)

BOOST_AUTO_TEST_CASE(damage_is_found_when_it_is_opened) {
  open();
  for (uint64_t i = 1; i <= 6; ++i)
    for (uint32_t part = 0; part < 2; ++part)
      keep("a", i, part, 0);
  fs::resize_file(file("a", 1, 1), 700);          // cut off
  fs::resize_file(file("a", 2, 0), 0);            // as after a loss of power
  flip(file("a", 3, 0), 60);                      // in the header
  std::ofstream{file("a", 4, 1)} << "not a part"; // someone else's
  fs::rename(file("a", 6, 1), file("a", 7, 0));   // under a wrong name
  std::ofstream{folder + "/" + folder_of("a", 0) + "/notes.txt"} << "mine";
  std::ofstream{folder + "/" + folder_of("a", 0) + "/unfinished"} << "half";
  open();
  BOOST_TEST(numbers("a") == (numbers_t{5, 6}),
             boost::test_tools::per_element());
  BOOST_TEST(uut->segments("a")[1].parts == 1u);
  BOOST_TEST(given_up()
               == (strings{"a 1 damaged", "a 2 damaged", "a 3 damaged",
                           "a 4 damaged", "a 7 damaged"}),
             boost::test_tools::per_element());
  BOOST_TEST(uut->totals().damaged == 5u);
  BOOST_TEST(uut->totals().foreign == 1u);
  BOOST_TEST(uut->totals().bytes == 3 * block);
  BOOST_TEST(files() == 3u);
  BOOST_TEST(fs::exists(folder + "/" + folder_of("a", 0) + "/notes.txt"));
  BOOST_TEST(!fs::exists(folder + "/" + folder_of("a", 0) + "/unfinished"));
  open(); // all was set aside
  BOOST_TEST(uut->totals().damaged == 0u);
  BOOST_TEST(given_up().empty());
}

BOOST_AUTO_TEST_CASE(a_hole_is_damage) {
  open();
  for (uint32_t part = 0; part < 3; ++part)
    keep("a", 1, part, 0);
  fs::remove(file("a", 1, 1));
  open();
  BOOST_TEST(given_up() == strings{"a 1 damaged"},
             boost::test_tools::per_element());
  BOOST_TEST(files() == 0u);
  // The position was in the part behind the hole.
  BOOST_TEST(uut->position("a").bytes == place(1, 2));
  open();
  BOOST_TEST(uut->position("a").bytes == place(1, 2));
}

BOOST_AUTO_TEST_CASE(damage_is_found_when_it_is_fetched) {
  open();
  keep("a", 1, 0, 0);
  keep("a", 1, 1, 0);
  keep("a", 2, 0, 0);
  flip(file("a", 1, 1), -1); // in the payload
  open();
  BOOST_TEST(numbers("a") == (numbers_t{1, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(why(uut->fetch("a", 1))
             == "bad_input: failed to read " + file("a", 1, 1)
                  + ": its checksum is wrong; it cannot be used any more");
  BOOST_TEST(given_up() == strings{"a 1 damaged"},
             boost::test_tools::per_element());
  BOOST_TEST((uut->fetch("a", 1).error() == ec::not_found));
  // Of the newest, whose header is gone too: the position is still known.
  flip(file("a", 2, 0), 0);
  BOOST_TEST((uut->fetch("a", 2).error() == ec::bad_input));
  BOOST_TEST(uut->totals().damaged == 2u);
  open();
  BOOST_TEST(uut->position("a").bytes == place(2, 0));
  // A file that someone took away.
  keep("a", 3, 0, 0);
  fs::remove(file("a", 3, 0));
  BOOST_TEST((uut->fetch("a", 3).error() == ec::bad_input));
  BOOST_TEST(uut->totals().segments == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_not_of_a_stream_is_no_segment) {
  open();
  keep("a", 1, 0, 0);
  keep("b", 2, 0, 0);
  // A part, and a position, that came from another stream's folder.
  fs::copy_file(file("b", 2, 0), file("a", 2, 0));
  uut->release("b", 2);
  fs::copy_file(folder + "/" + folder_of("b", 0) + "/position",
                folder + "/" + folder_of("a", 0) + "/position");
  fs::create_directories(folder + "/family/photos");
  std::ofstream{folder + "/family/1-0"} << "photo";
  open();
  BOOST_TEST(given_up() == strings{"a 2 damaged"},
             boost::test_tools::per_element());
  BOOST_TEST(uut->position("a").bytes == place(1, 0));
  BOOST_TEST(uut->totals().damaged == 2u);
  BOOST_TEST(uut->totals().foreign == 1u);
  BOOST_TEST(fs::exists(folder + "/family/1-0"));
  // Whose segments these are is not known any more.
  flip(folder + "/" + folder_of("a", 0) + "/stream", -1);
  open();
  BOOST_TEST(uut->totals().streams == 1u);
  BOOST_TEST(uut->totals().damaged == 1u);
  BOOST_TEST(!fs::exists(folder + "/" + folder_of("a", 0)));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_and_leaves_nothing_half_written) {
  test::small_disk disk{256 * 1024};
  if (!disk.mounted()) {
    BOOST_TEST_MESSAGE("skipped: this user may not mount a file system");
    return;
  }
  folder = disk.path("spool");
  limits.max_bytes = 10 << 20;
  open();
  uint64_t kept = 0;
  std::string problem;
  while (problem.empty() && kept < 1000) {
    problem = why(keep("a", kept, 0, 0, 10'000));
    kept += problem.empty() ? 1 : 0;
  }
  BOOST_TEST(problem
             == "io: failed to write " + file("a", kept, 0)
                  + ": No space left on device; free some space on its disk, "
                    "or lower store.spool_bytes");
  BOOST_TEST(kept > 10u);
  BOOST_TEST(files() == kept);
  BOOST_TEST(!fs::exists(folder + "/" + folder_of("a", 0) + "/unfinished"));
  BOOST_TEST(uut->totals().segments == kept);
  BOOST_TEST(uut->position("a").bytes == place(kept - 1, 0));
  BOOST_TEST((keep("b", 1, 0, 0, 10'000) == ec::io));
  BOOST_TEST(uut->totals().damaged == 0u);
  // The newest goes although not even its position could be written anew.
  BOOST_TEST(why(uut->release("a", kept - 1)) == "");
  BOOST_TEST(why(keep("b", 1, 0, 0, 1000)) == "");
  open();
  BOOST_TEST(uut->totals().segments == kept);
  BOOST_TEST(uut->position("a").bytes == place(kept - 1, 0));
  disk.resize(4 << 20);
  BOOST_TEST(why(keep("a", kept, 0, 0, 10'000)) == "");
}

BOOST_AUTO_TEST_CASE(a_disk_that_cannot_be_written_is_named) {
  test::small_disk disk{1 << 20};
  if (!disk.mounted()) {
    BOOST_TEST_MESSAGE("skipped: this user may not mount a file system");
    return;
  }
  folder = disk.path("spool");
  open();
  keep("a", 1, 0, 0);
  fs::create_directories(disk.path("busy")); // no file is open for writing
  uut.reset();
  BOOST_TEST_REQUIRE(disk.make_read_only());
  BOOST_TEST(why(spool::open(disk.path("new"), {"test-1"}, limits))
             == "io: failed to make " + disk.path("new")
                  + ": Read-only file system; let this user write it, or name "
                    "another folder in store.spool");
  BOOST_TEST(contains(why(spool::open(folder, {"test-1"}, limits)),
                      "Read-only file system"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_named) {
  dir.write("spool", "a file");
  BOOST_TEST(contains(why(spool::open(folder + "/x", {"test-1"}, limits)),
                      "io: failed to make " + folder + "/x: Not a directory"));
}

BOOST_AUTO_TEST_CASE(one_process_has_the_folder) {
  open();
  BOOST_TEST(why(spool::open(folder, {"test-1"}, limits))
             == "io: failed to open " + folder
                  + ": another process keeps its spool there; end it, or name "
                    "another folder in store.spool");
}

BOOST_AUTO_TEST_CASE(a_folder_that_vanishes_is_made_again) {
  open();
  keep("a", 1, 0, 0);
  fs::remove_all(folder);
  BOOST_TEST(why(keep("a", 2, 0, 0)) == "");
  BOOST_TEST(value_of(uut->fetch("a", 2)).size() == 1u);
  BOOST_TEST((uut->fetch("a", 1).error() == ec::bad_input));
  BOOST_TEST(given_up() == strings{"a 1 damaged"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_when_the_process_is_killed) {
  // A child keeps and releases until it is killed, and says what is done.
  limits.max_bytes = 1000 * block;
  for (int round = 0; round < 5; ++round) {
    int pipe[2];
    BOOST_TEST_REQUIRE(::pipe(pipe) == 0);
    auto child = ::fork();
    if (child == 0) {
      auto mine = spool::open(folder, {"test-1"}, limits);
      for (uint64_t i = 1; mine; ++i) {
        spool_part x{"a", i, 0, 0, 1, at(0)};
        if ((*mine)->keep(x, payload(i % 20, 0, 30'000), place(i, 0), at(0))
            || ::write(pipe[1], &i, sizeof(i)) != sizeof(i))
          break;
        if (i > 5 && (*mine)->release("a", i - 5))
          break;
      }
      ::_exit(0);
    }
    ::close(pipe[1]);
    uint64_t last = 0;
    auto until = static_cast<uint64_t>(20 + 7 * round);
    for (uint64_t x = 0;
         last < until && ::read(pipe[0], &x, sizeof(x)) == sizeof(x);)
      last = x;
    ::kill(child, SIGKILL);
    for (uint64_t x = 0; ::read(pipe[0], &x, sizeof(x)) == sizeof(x);)
      last = x;
    ::close(pipe[0]);
    ::waitpid(child, nullptr, 0);
    open();
    BOOST_TEST(last >= until);
    BOOST_TEST(uut->totals().damaged == 0u);
    // What it said that it kept, or one more.
    auto there = numbers("a");
    BOOST_TEST_REQUIRE(there.size() >= 5u);
    BOOST_TEST(there.size() <= 7u);
    BOOST_TEST(there.back() >= last);
    BOOST_TEST(there.back() <= last + 1);
    BOOST_TEST(uut->position("a").bytes == place(there.back(), 0));
    for (auto number : there)
      BOOST_TEST(payloads("a", number)[0] == payload(number % 20, 0, 30'000));
    uut.reset();
    fs::remove_all(folder);
  }
}

BOOST_AUTO_TEST_SUITE_END()
