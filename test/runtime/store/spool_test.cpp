#include "runtime/store/spool.hpp"

#include "support/expect.hpp"
#include "support/spool_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;
using test::at;
using test::contains;
using test::value_of;
using test::why;

namespace fs = std::filesystem;

namespace {

using fixture = test::spool_folder;

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_tests, fixture)

BOOST_AUTO_TEST_CASE(what_was_kept_is_there_after_opening_anew) {
  open();
  BOOST_TEST(why(keep("door", 7, 0, 0, 5000)) == "");
  BOOST_TEST(why(keep("door", 7, 1, 1, 0)) == "");
  BOOST_TEST(why(keep("yard", 8, 0, 2)) == "");
  for (int i = 0; i < 2; ++i) {
    auto found = uut->segments("door");
    BOOST_TEST_REQUIRE(found.size() == 1u);
    BOOST_TEST(found[0].number == 7u);
    BOOST_TEST(found[0].parts == 2u);
    BOOST_TEST(found[0].first_frame == 700u);
    BOOST_TEST(found[0].frames == 20u);
    BOOST_TEST(found[0].bytes == 5000u);
    BOOST_TEST((found[0].captured == at(0)));
    BOOST_TEST(payloads("door", 7) == (strings{payload(7, 0, 5000), ""}),
               boost::test_tools::per_element());
    BOOST_TEST(uut->position("door").bytes == place(7, 1));
    BOOST_TEST(uut->position("yard").bytes == place(8, 0));
    auto x = uut->totals();
    BOOST_TEST(x.streams == 2u);
    BOOST_TEST(x.segments == 2u);
    BOOST_TEST(x.bytes == 4 * block); // 2, 1, 1
    BOOST_TEST((uut->oldest() == at(0)));
    open();
  }
  BOOST_TEST(given_up().empty());
}

BOOST_AUTO_TEST_CASE(a_released_segment_is_gone_and_its_position_stays) {
  open();
  keep("door", 1, 0, 0);
  keep("door", 2, 0, 0, 9000);
  BOOST_TEST(why(uut->release("door", 2)) == "");
  BOOST_TEST(files() == 1u);
  BOOST_TEST(why(uut->release("door", 1)) == "");
  BOOST_TEST(why(uut->release("door", 1)) == ""); // again
  BOOST_TEST(why(uut->release("none", 1)) == "");
  BOOST_TEST(files() == 0u);
  BOOST_TEST(uut->totals().bytes == 0u);
  BOOST_TEST((uut->fetch("door", 2).error() == ec::not_found));
  BOOST_TEST((uut->fetch("none", 2).error() == ec::not_found));
  // The payload does not stay with it.
  auto place_file = folder + "/" + folder_of("door", 0) + "/position";
  BOOST_TEST(fs::file_size(place_file) < 200u);
  open();
  BOOST_TEST(uut->position("door").bytes == place(2, 0));
  keep("door", 3, 0, 5);
  open();
  BOOST_TEST(uut->position("door").bytes == place(3, 0));
}

BOOST_AUTO_TEST_CASE(the_same_again_changes_nothing) {
  open();
  keep("door", 1, 0, 0);
  keep("door", 1, 1, 0);
  BOOST_TEST(why(keep("door", 1, 0, 9, 500)) == "");
  BOOST_TEST(uut->totals().bytes == 2 * block);
  BOOST_TEST(uut->position("door").bytes == place(1, 1));
  BOOST_TEST(payloads("door", 1)[0].size() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_part_without_those_before_it_is_refused) {
  open();
  keep("door", 1, 0, 0);
  BOOST_TEST(why(keep("door", 1, 2, 0))
             == "not_found: failed to keep part 2 of segment 1 of stream "
                "\"door\": the part before it is not there; go on with the "
                "next segment");
  BOOST_TEST((keep("door", 2, 1, 0) == ec::not_found));
  BOOST_TEST(uut->totals().segments == 1u);
  BOOST_TEST(uut->position("door").bytes == place(1, 0));
}

BOOST_AUTO_TEST_CASE(the_oldest_of_all_streams_go_first_for_room) {
  limits.max_bytes = 4 * block;
  open();
  keep("b", 1, 0, 2);
  keep("a", 1, 0, 1);
  keep("a", 2, 0, 3);
  keep("b", 2, 0, 4);
  BOOST_TEST(given_up().empty());
  keep("a", 3, 0, 5);
  BOOST_TEST(given_up() == strings{"a 1 spool_bytes"},
             boost::test_tools::per_element());
  open(); // the order is on disk
  keep("a", 4, 0, 6, 2 * block - 500);
  BOOST_TEST(given_up() == (strings{"b 1 spool_bytes", "a 2 spool_bytes"}),
             boost::test_tools::per_element());
  BOOST_TEST(uut->totals().bytes == 4 * block);
  BOOST_TEST(files() == 3u);
}

BOOST_AUTO_TEST_CASE(a_segment_that_grows_is_not_given_up_for_itself) {
  limits.max_bytes = 4 * block;
  open();
  keep("a", 1, 0, 0);
  keep("a", 1, 1, 1);
  keep("b", 1, 0, 2);
  keep("a", 1, 2, 3);
  BOOST_TEST(why(keep("a", 1, 3, 4)) == "");
  BOOST_TEST(given_up() == strings{"b 1 spool_bytes"},
             boost::test_tools::per_element());
  BOOST_TEST(why(keep("a", 1, 4, 5))
             == "bad_config: failed to keep part 4 of segment 1 of stream "
                "\"a\": the segment is larger than all the spool, 16384 bytes; "
                "raise store.spool_bytes");
  BOOST_TEST(given_up().empty());
  BOOST_TEST(value_of(uut->fetch("a", 1)).size() == 4u);
  // After it was given up, its later parts are worth nothing.
  keep("c", 1, 0, 6, 3 * block);
  BOOST_TEST(given_up() == strings{"a 1 spool_bytes"},
             boost::test_tools::per_element());
  BOOST_TEST((keep("a", 1, 4, 7) == ec::not_found));
}

BOOST_AUTO_TEST_CASE(what_is_too_old_goes) {
  open();
  keep("a", 1, 0, 0);
  keep("b", 1, 0, 10);
  BOOST_TEST(why(uut->prune(at(3599))) == "");
  BOOST_TEST(given_up().empty());
  BOOST_TEST(why(uut->prune(at(3600))) == "");
  BOOST_TEST(given_up() == strings{"a 1 spool_age"},
             boost::test_tools::per_element());
  keep("a", 2, 0, 3700); // keeping prunes too
  BOOST_TEST(given_up() == strings{"b 1 spool_age"},
             boost::test_tools::per_element());
  BOOST_TEST(numbers("a") == numbers_t{2}, boost::test_tools::per_element());
  BOOST_TEST(files() == 1u);
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_loses_nothing) {
  open();
  // A camera's clock is two hours behind, another's is two ahead.
  spool_part x{"slow", 1, 0, 0, 1, at(0)};
  BOOST_TEST(why(uut->keep(x, "x", "", at(7200))) == "");
  x = {"fast", 1, 0, 0, 1, at(14400)};
  BOOST_TEST(why(uut->keep(x, "x", "", at(7201))) == "");
  BOOST_TEST((uut->segments("fast")[0].captured == at(14400)));
  BOOST_TEST(why(uut->prune(at(7200 + 3599))) == "");
  BOOST_TEST(uut->totals().segments == 2u);
  // This node's clock jumps by a year and back: ages stay.
  auto year = std::chrono::hours(24 * 365);
  uut->shift(year, at(10799) + year);
  BOOST_TEST(why(uut->prune(at(10799) + year)) == "");
  BOOST_TEST(uut->totals().segments == 2u);
  uut->shift(-year, at(10799));
  BOOST_TEST(why(uut->prune(at(10800))) == "");
  BOOST_TEST(given_up() == strings{"slow 1 spool_age"},
             boost::test_tools::per_element());
  BOOST_TEST(why(uut->prune(at(10801))) == "");
  BOOST_TEST(uut->totals().segments == 0u);
}

BOOST_AUTO_TEST_CASE(names_of_streams_cannot_leave_the_folder) {
  open();
  std::vector<std::string> names{"../../etc",
                                 "..",
                                 ".",
                                 "",
                                 "/etc/passwd",
                                 std::string(10'000, 'x'),
                                 std::string(10'000, 'x') + "y",
                                 std::string("a\0b", 3),
                                 "a",
                                 "a\nb",
                                 "a b",
                                 "a_b",
                                 "T\xC3\xBCr",
                                 "unfinished",
                                 "lock"};
  for (uint64_t i = 0; i < names.size(); ++i)
    BOOST_TEST(why(keep(names[i], i, 0, 0)) == "");
  open();
  BOOST_TEST(uut->totals().streams == names.size());
  BOOST_TEST(uut->totals().damaged == 0u);
  for (uint64_t i = 0; i < names.size(); ++i) {
    BOOST_TEST(numbers(names[i]) == numbers_t{i},
               boost::test_tools::per_element());
    BOOST_TEST(uut->position(names[i]).bytes == place(i, 0));
  }
  size_t beside = 0;
  for (const auto& x : fs::directory_iterator{dir.path()})
    beside += x.path().filename() != "spool" ? 1 : 0;
  BOOST_TEST(beside == 0u);
  for (const auto& x : fs::directory_iterator{folder})
    BOOST_TEST(x.path().filename().string().size() <= 57u);
  auto words = why(keep(names[7], 7, 9, 0));
  BOOST_TEST(contains(words, "stream \"a%00b\""), words);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_forgotten_leaves_nothing) {
  open();
  keep("a", 1, 0, 0);
  keep("b", 1, 0, 0);
  BOOST_TEST(why(uut->forget("a")) == "");
  BOOST_TEST(why(uut->forget("none")) == "");
  BOOST_TEST(!fs::exists(folder + "/" + folder_of("a", 0)));
  BOOST_TEST(uut->totals().streams == 1u);
  BOOST_TEST(uut->totals().bytes == block);
  BOOST_TEST(uut->position("a").bytes == "");
  BOOST_TEST(given_up().empty());
}

BOOST_AUTO_TEST_SUITE_END()
