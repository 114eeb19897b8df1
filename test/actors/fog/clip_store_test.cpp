#include "actors/fog/clip_store.hpp"

#include "runtime/error.hpp"
#include "support/clips.hpp"
#include "support/streams.hpp"
#include "support/temp_dir.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture : test::test_system {
  /// @param blocked something is in the folder's place
  explicit fixture(bool blocked = false) {
    if (blocked)
      std::ofstream{dir.path("file")} << "x";
    clip_store_config cfg;
    cfg.folder = dir.path("file/clips");
    uut = sys.spawn(clip_store, cfg);
    run();
  }

  ~fixture() {
    caf::anon_send_exit(uut, caf::exit_reason::user_shutdown);
    run();
  }

  /// A clip of three seconds.
  std::vector<segment> video() {
    auto result = test::segments_of(
      test::clip("clip_to_keep.mp4", "320x240", "25",
                 "-c:v libx264 -preset ultrafast -g 25 -bf 2", 75));
    for (auto& x : result)
      x.stream = "door";
    return result;
  }

  caf::error keep(const std::vector<segment>& xs) {
    caf::error result;
    auto asked = self->request(uut, caf::infinite, keep_atom_v, xs);
    run();
    asked.receive([] {}, [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  caf::error remove(const std::string& stream) {
    caf::error result;
    auto asked = self->request(uut, caf::infinite, remove_atom_v, stream);
    run();
    asked.receive([] {}, [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  caf::expected<blob> piece(uint64_t frame, uint64_t offset) {
    caf::expected<blob> result{caf::none};
    auto asked = self->request(uut, caf::infinite, fetch_atom_v,
                               std::string{"door"}, frame, offset);
    run();
    asked.receive([&](const blob& x) { result = x; },
                  [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  test::temp_dir dir;
  clip_actor uut;
};

struct without_a_folder : fixture {
  without_a_folder() : fixture(true) {
    // nop
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(clip_store_tests, fixture)

BOOST_AUTO_TEST_CASE(a_clip_comes_back_as_a_file_that_players_read) {
  auto xs = video();
  BOOST_REQUIRE(!keep(xs));
  std::ofstream out{dir.path("found.mp4"), std::ios::binary};
  uint64_t at = 0;
  for (;;) {
    auto x = piece(30, at);
    BOOST_TEST_REQUIRE(bool{x});
    if (x->empty())
      break;
    out.write(reinterpret_cast<const char*>(x->data()),
              static_cast<std::streamsize>(x->size()));
    at += x->size();
  }
  out.close();
  auto text = test::output_of("ffprobe -v error -count_frames -show_entries "
                              "stream=nb_read_frames,codec_name -of csv=p=0 "
                              + dir.path("found.mp4"));
  BOOST_TEST((std::string{text.begin(), text.end()} == "h264,75\n"));
}

BOOST_AUTO_TEST_CASE(what_no_clip_shows_is_not_found) {
  BOOST_REQUIRE(!keep(video()));
  auto x = piece(75, 0);
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_removed_leaves_no_clip) {
  BOOST_REQUIRE(!keep(video()));
  BOOST_TEST(!remove("door"));
  BOOST_TEST(!piece(30, 0));
  BOOST_TEST(!remove("../elsewhere"));
}

BOOST_AUTO_TEST_CASE(a_clip_without_video_is_refused) {
  BOOST_TEST((keep({}) == ec::bad_input));
  segment x;
  x.stream = "../door";
  BOOST_TEST((keep({x}) == ec::bad_input));
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_is_away_is_taken_when_it_is_back,
                        without_a_folder) {
  BOOST_TEST((keep(video()) == ec::io));
  std::remove(dir.path("file").c_str());
  BOOST_TEST(!keep(video()));
  BOOST_TEST(bool{piece(30, 0)});
}

BOOST_AUTO_TEST_SUITE_END()
