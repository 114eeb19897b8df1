#include "runtime/store/clip_folder.hpp"

#include "runtime/error.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace vpaas;
using namespace std::chrono_literals;
using test::value_of;

namespace {

struct fixture {
  test::temp_dir dir;
  caf::timestamp now = caf::make_timestamp();
  clip_folder uut = value_of(clip_folder::open(dir.path("clips"), {}));

  void keep(uint64_t first, uint64_t last, const std::string& bytes) {
    auto err = uut.keep("door", first, last, bytes, now);
    BOOST_TEST(!err, describe(err));
    now += 1s;
  }

  std::string text(uint64_t frame) const {
    auto x = uut.find("door", frame);
    return x ? value_of(uut.read("door", *x, 0, 1000)) : "none";
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(clip_folder_tests, fixture)

BOOST_AUTO_TEST_CASE(a_frame_finds_the_clip_that_shows_it) {
  keep(100, 199, "a");
  keep(300, 399, "b");
  BOOST_TEST(text(99) == "none");
  BOOST_TEST(text(100) == "a");
  BOOST_TEST(text(199) == "a");
  BOOST_TEST(text(250) == "none");
  BOOST_TEST(text(350) == "b");
  BOOST_TEST(!uut.find("yard", 100));
}

BOOST_AUTO_TEST_CASE(of_two_the_one_that_shows_more_around_it) {
  keep(100, 199, "a");
  keep(180, 300, "b");
  BOOST_TEST(text(185) == "a");
  BOOST_TEST(text(195) == "b");
}

BOOST_AUTO_TEST_CASE(a_clip_is_read_in_pieces) {
  keep(1, 2, "0123456789");
  auto x = *uut.find("door", 1);
  BOOST_TEST(value_of(uut.read("door", x, 0, 4)) == "0123");
  BOOST_TEST(value_of(uut.read("door", x, 8, 4)) == "89");
  BOOST_TEST(value_of(uut.read("door", x, 10, 4)) == "");
}

BOOST_AUTO_TEST_CASE(clips_are_found_again_and_halves_are_not) {
  keep(100, 199, "a");
  std::ofstream{dir.path("clips/door/300-399.mp4.part")} << "half";
  std::ofstream{dir.path("clips/door/notes.txt")} << "of somebody";
  uut = value_of(clip_folder::open(dir.path("clips"), {}));
  BOOST_TEST(text(150) == "a");
  BOOST_TEST(uut.clips() == 1u);
  BOOST_TEST(!std::filesystem::exists(dir.path("clips/door/300-399.mp4.part")));
  BOOST_TEST(std::filesystem::exists(dir.path("clips/door/notes.txt")));
}

BOOST_AUTO_TEST_CASE(the_oldest_of_a_stream_go_for_the_newest) {
  clip_limits limits;
  limits.max_bytes = 25;
  uut = value_of(clip_folder::open(dir.path("clips"), limits));
  for (uint64_t i = 0; i < 5; ++i)
    keep(i * 100, i * 100 + 99, std::string(10, 'x'));
  BOOST_TEST(uut.clips() == 2u);
  BOOST_TEST(uut.bytes() == 20u);
  BOOST_TEST(text(250) == "none");
  BOOST_TEST(text(450) != "none");
  keep(500, 599, std::string(100, 'x')); // alone it is kept
  BOOST_TEST(uut.clips() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_too_old_goes) {
  keep(0, 99, "a");
  keep(100, 199, "b");
  BOOST_TEST(!uut.prune(now + 24h * 7 - 2s + 1ms));
  BOOST_TEST(text(50) == "none");
  BOOST_TEST(text(150) == "b");
}

BOOST_AUTO_TEST_CASE(a_stream_is_forgotten_with_its_files) {
  keep(0, 99, "a");
  BOOST_TEST(!uut.forget("door"));
  BOOST_TEST(text(50) == "none");
  BOOST_TEST(!std::filesystem::exists(dir.path("clips/door")));
  BOOST_TEST(!uut.forget("yard"));
}

BOOST_AUTO_TEST_CASE(a_clip_that_somebody_took_is_said) {
  keep(0, 99, "a");
  auto x = *uut.find("door", 1);
  std::filesystem::remove(dir.path("clips/door/0-99.mp4"));
  auto found = uut.read("door", x, 0, 10);
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_is_said) {
  std::ofstream{dir.path("file")} << "x";
  auto found = clip_folder::open(dir.path("file/clips"), {});
  BOOST_REQUIRE(!found);
  BOOST_TEST((found.error() == ec::io));
}

BOOST_AUTO_TEST_SUITE_END()
