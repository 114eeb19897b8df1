// What a spool makes of files that another version wrote.

#include "runtime/store/spool.hpp"

#include "support/expect.hpp"
#include "support/spool_folder.hpp"
#include "support/yesterday.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace vpaas;
using test::at;
using test::value_of;
using test::why;

namespace fs = std::filesystem;

namespace {

struct fixture : test::spool_folder {
  void open_as(const strings& formats) {
    uut.reset();
    uut = value_of(spool::open(folder, formats, limits));
  }

  std::vector<size_t> formats_of(const std::string& stream,
                                 uint64_t number) const {
    std::vector<size_t> result;
    for (const auto& x : value_of(uut->fetch(stream, number)))
      result.push_back(x.format);
    return result;
  }
};

using formats = std::vector<size_t>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_format_tests, fixture)

BOOST_AUTO_TEST_CASE(yesterdays_spool_opens_after_three_changes_of_format) {
  limits.max_age = std::chrono::hours(24 * 365 * 100);
  strings known{"vpaas-5"};
  for (auto next : {"spool-2", "spool-3", "spool-4"}) {
    known.push_back(next);
    test::temp_dir copy;
    folder = test::yesterday(copy, "spool");
    open_as(known);
    BOOST_TEST(numbers("door") == (numbers_t{7, 8, 9}),
               boost::test_tools::per_element());
    BOOST_TEST(numbers("K\xC3\xBC"
                       "che / 2")
                 == numbers_t{3},
               boost::test_tools::per_element());
    BOOST_TEST(formats_of("door", 7) == (formats{0, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(uut->totals().found == 4u);
    BOOST_TEST(uut->totals().damaged + uut->totals().newer == 0u);
    BOOST_TEST(!uut->position("empty").bytes.empty());
    // It is read with what is kept now, of one segment too.
    auto newest = known.size() - 1;
    BOOST_TEST(why(keep("door", 9, 1, 0)) == "");
    BOOST_TEST(formats_of("door", 9) == (formats{0, newest}),
               boost::test_tools::per_element());
    BOOST_TEST(uut->position("door").format == newest);
    BOOST_TEST(uut->position("empty").format == 0u);
    uut.reset();
  }
}

BOOST_AUTO_TEST_CASE(a_newer_format_is_left_to_its_version) {
  open_as({"one", "two"});
  keep("a", 1, 0, 0);
  keep("a", 1, 1, 0);
  keep("b", 1, 0, 0);
  open_as({"one"});
  BOOST_TEST(uut->totals().newer == 2u);
  BOOST_TEST(uut->totals().segments == 0u);
  BOOST_TEST(uut->totals().damaged == 0u);
  BOOST_TEST(numbers("a").empty());
  BOOST_TEST(given_up().empty());
  BOOST_TEST((uut->fetch("a", 1).error() == ec::not_found));
  // Its numbers are taken.
  BOOST_TEST(uut->position("a").bytes == "");
  BOOST_TEST(uut->end_of_newer("a").segment == 2u);
  BOOST_TEST(uut->end_of_newer("a").frame == 120u);
  BOOST_TEST((keep("a", 1, 0, 0) == ec::not_found));
  BOOST_TEST(why(keep("a", 2, 0, 0)) == "");
  uut->trust_clock(true);
  BOOST_TEST(why(uut->prune(at(1'000'000))) == "");
  BOOST_TEST(given_up() == strings{"a 2 spool_age"},
             boost::test_tools::per_element());
  // Nobody forgets a stream of which that is all that there is.
  BOOST_TEST(uut->empty_streams().empty());
  open_as({"one", "two"});
  BOOST_TEST(numbers("a") == numbers_t{1}, boost::test_tools::per_element());
  BOOST_TEST(payloads("a", 1) == (strings{payload(1, 0), payload(1, 1)}),
             boost::test_tools::per_element());
  BOOST_TEST(uut->position("a").bytes == place(2, 0));
  BOOST_TEST(uut->position("a").format == 0u);
  BOOST_TEST(uut->position("b").bytes == place(1, 0));
}

BOOST_AUTO_TEST_CASE(a_segment_of_two_formats_is_one_segment) {
  open_as({"one"});
  keep("a", 1, 0, 0);
  open_as({"one", "two"});
  keep("a", 1, 1, 0);
  open_as({"one"});
  BOOST_TEST(uut->totals().newer == 1u);
  BOOST_TEST(numbers("a").empty());
  BOOST_TEST(files() == 2u);
  open_as({"one", "two"});
  BOOST_TEST(formats_of("a", 1) == (formats{0, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_header_of_a_newer_version_is_left_to_it) {
  open();
  keep("a", 1, 0, 0);
  keep("a", 2, 0, 0);
  keep("b", 1, 0, 0);
  auto make_newer = [](const std::string& path) {
    std::fstream x{path, std::ios::in | std::ios::out | std::ios::binary};
    x.write("VSPOOL02", 8);
  };
  make_newer(file("a", 2, 0));
  make_newer(folder + "/" + folder_of("b", 0) + "/stream");
  open();
  BOOST_TEST(uut->totals().newer == 2u);
  BOOST_TEST(uut->totals().damaged == 0u);
  BOOST_TEST(uut->totals().foreign == 0u);
  BOOST_TEST(numbers("a") == numbers_t{1}, boost::test_tools::per_element());
  BOOST_TEST(uut->end_of_newer("a").segment == 3u);
  BOOST_TEST(files() == 3u);
  // A stream whose folder is taken gets another.
  BOOST_TEST(why(keep("b", 5, 0, 0)) == "");
  BOOST_TEST(fs::exists(folder + "/" + folder_of("b", 1) + "/5-0"));
}

BOOST_AUTO_TEST_CASE(a_removed_stream_leaves_nothing_of_any_version) {
  open_as({"one", "two"});
  keep("a", 1, 0, 0);
  open_as({"one"});
  keep("a", 2, 0, 0);
  BOOST_TEST(why(uut->forget("a")) == "");
  BOOST_TEST(files() == 0u);
  BOOST_TEST(!fs::exists(folder + "/" + folder_of("a", 0)));
  BOOST_TEST(uut->totals().newer == 0u);
}

BOOST_AUTO_TEST_CASE(a_position_keeps_its_format_when_it_is_moved) {
  open_as({"one", "two"});
  keep("a", 1, 0, 0);
  open_as({"one", "two", "three"});
  flip(file("a", 1, 0), -1);
  BOOST_TEST((uut->fetch("a", 1).error() == ec::bad_input));
  open_as({"one", "two", "three"});
  BOOST_TEST(uut->position("a").bytes == place(1, 0));
  BOOST_TEST(uut->position("a").format == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_else_may_look_into_a_spool) {
  auto mode = [](const std::string& path) {
    return static_cast<unsigned>(fs::status(path).permissions());
  };
  auto before = ::umask(0);
  fs::create_directories(folder);
  open(); // as versions before made it
  keep("a", 1, 0, 0);
  BOOST_TEST(mode(folder) == 0700u);
  BOOST_TEST(mode(folder + "/" + folder_of("a", 0)) == 0700u);
  BOOST_TEST(mode(file("a", 1, 0)) == 0600u);
  uut.reset();
  fs::remove_all(folder);
  folder += "/deep";
  open();
  BOOST_TEST(mode(dir.path("spool")) == 0700u);
  BOOST_TEST(mode(folder) == 0700u);
  ::umask(before);
}

BOOST_AUTO_TEST_SUITE_END()
