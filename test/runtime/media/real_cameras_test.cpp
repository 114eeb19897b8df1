// What cameras, recorders and tools send, each compared with the ffmpeg
// program: the same frames, pixels and times, all of them answered for.

#include "runtime/error.hpp"
#include "support/clips.hpp"
#include "support/reference.hpp"
#include "support/streams.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

/// An input, and how many frames ffmpeg and ffprobe find in it.
struct row {
  std::string path;
  size_t frames;
  std::string format = "yuv420p";
};

// Keyframes as a node makes them, in parts of a tenth of a second, are the same
// pictures.
void check_keyframes(const row& x,
                     const std::vector<test::shown_frame>& reference) {
  source_config config;
  config.url = x.path;
  segment_limits limits;
  limits.part_time = 100ms;
  for (uint64_t every : {1, 7}) {
    auto ours = test::our_frames(config, {every, 1, true}, limits);
    BOOST_TEST(ours.due == (reference.size() + every - 1) / every);
    BOOST_TEST(ours.lost == 0u);
    BOOST_TEST(ours.damaged == 0u);
    BOOST_REQUIRE(ours.frames.size() <= reference.size());
    for (size_t i = 0; i < ours.frames.size(); ++i)
      BOOST_REQUIRE(ours.frames[i].sum == reference[i * every].sum);
  }
}

void check(const row& x) {
  BOOST_TEST_CONTEXT(std::filesystem::path{x.path}.filename().string()) {
    auto reference = test::reference_frames(x.path, x.format);
    BOOST_TEST(reference.size() == x.frames);
    BOOST_TEST(test::difference(test::our_frames(x.path), reference) == "");
    check_keyframes(x, reference);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(real_cameras_tests)

BOOST_AUTO_TEST_CASE(parameters_that_change_in_mid_stream) {
  auto large = test::plain("large.flv", "320x180", "-qp 20 -bf 0");
  auto small = test::plain("small.flv", "256x144", "-profile:v baseline");
  auto coarse = test::plain("coarse.flv", "320x180", "-qp 35 -bf 0 -coder 0");
  // ffmpeg decodes 180 pictures of each.
  check({test::joined_flv("size.flv", {large, small}), 180});
  check({test::joined_flv("same_size.flv", {large, coarse}), 180});
  check({test::joined_flv("there_and_back.flv", {large, small, large}), 270});
  auto first = test::plain("first.mp4", "320x180", "-qp 20 -bf 0");
  auto second = test::plain("second.mp4", "256x144", "-profile:v baseline");
  auto third = test::plain("third.mp4", "320x180", "-qp 35 -bf 0 -coder 0");
  check({test::two_descriptions("size.mp4", first, second), 180});
  check({test::two_descriptions("same_size.mp4", first, third), 180});
}

BOOST_AUTO_TEST_CASE(pictures_that_come_as_two_fields) {
  auto raw = test::field_pictures("paff.264", 100);
  check({test::made("paff.ts", "-r 50 -i " + raw + " -c copy"), 100});
  check({test::made("paff.mp4", "-r 50 -i " + raw + " -c copy"), 100});
}

BOOST_AUTO_TEST_CASE(fields_without_times_are_counted_as_pictures) {
  auto raw = test::field_pictures("paff.264", 100);
  source_config config;
  config.url = raw;
  auto ours = test::our_frames(config, {15, 1, true});
  BOOST_TEST(ours.due == 7u);
  BOOST_TEST(ours.frames.size() == 7u);
  BOOST_TEST(ours.lost == 0u);
}

// A stream without times of which pictures are lost: as many answers as
// keyframes, and never more of them outstanding than a decoder holds back.
BOOST_AUTO_TEST_CASE(lost_pictures_of_a_stream_without_times_are_answered) {
  auto clip = test::plain("long.mkv", "96x64", "-bf 2", 1500);
  auto raw = test::made("long.264", "-i " + clip + " -c copy");
  auto fields = test::field_pictures("many_fields.264", 400);
  auto half = [](int n) { return n > 0 && n % 2 == 1; };
  auto run = [](int n) { return n % 50 > 20 && n % 50 < 45; };
  auto tenth = [](int n) { return n % 10 == 7; };
  for (auto& path : {test::without_pictures("half.264", raw, half),
                     test::without_pictures("run.264", raw, run),
                     test::without_pictures("tenth.264", raw, tenth),
                     test::without_pictures("half_fields.264", fields, tenth),
                     test::without_pictures("run_fields.264", fields, run)})
    BOOST_TEST_CONTEXT(path) {
      source_config config;
      config.url = path;
      decoder uut{{5, 1, true}};
      uint64_t due = 0, answered = 0, most = 0;
      auto take = [&](const decoded& x) {
        answered += x.frames.size() + x.lost.size();
        most = std::max(most, due - answered);
      };
      for (auto& x : test::segments_of(config)) {
        due += keyframes_in(x, 5);
        take(uut.decode(x));
      }
      BOOST_TEST(most < 16u);
      take(uut.finish());
      BOOST_TEST(due > 40u);
      BOOST_TEST(answered == due);
    }
}

BOOST_AUTO_TEST_CASE(times_that_repeat_stand_still_or_jump) {
  auto clip = test::plain("p.mp4", "320x180", "-bf 0");
  auto with = [&](const char* name, const std::string& times) {
    return row{
      test::made(name, "-i " + clip + " -c copy -bsf:v '" + times + "'"), 90};
  };
  check(with("same.ts", "setts=ts=0"));
  check(with("same.mkv", "setts=ts=0"));
  check(with("pairs.ts", "setts=ts=trunc(N/2)*7200"));
  check(with("pairs.mkv", "setts=ts=trunc(N/2)*66"));
  check(with("back.ts", "setts=ts=if(gte(N\\,45)\\,PTS-90000\\,PTS)"));
  check(with("back.mkv", "setts=ts=if(gte(N\\,45)\\,PTS-1000\\,PTS)"));
  check(with("on.ts", "setts=ts=if(gte(N\\,45)\\,PTS+90000*3600\\,PTS)"));
}

BOOST_AUTO_TEST_CASE(containers_without_times_of_presentation) {
  auto clip = test::plain("b.mp4", "320x180", "-bf 3");
  check({test::made("b.264", "-i " + clip + " -c copy"), 90});
  check({test::made("m4.avi",
                    test::pattern("320x180", 90) + "-c:v mpeg4 -bf 2 -g 30"),
         90});
  // The last pictures have no time at all: what ffmpeg guesses for the very
  // last one is not ours.
  auto path = test::made("b.avi", "-i " + clip + " -c copy");
  auto reference = test::reference_frames(path);
  auto ours = test::our_frames(path);
  BOOST_REQUIRE(ours.frames.size() == 90u);
  BOOST_TEST(ours.frames.back().us == 3'600'000);
  ours.frames.pop_back();
  --ours.due;
  reference.pop_back();
  BOOST_TEST(test::difference(ours, reference) == "");
  // The same in a container that wants such times: they are those of decoding.
  // ffmpeg finds out with the third picture.
  row copied{test::made("b_avi.mp4", "-i " + path + " -c copy"), 90};
  reference = test::reference_frames(copied.path);
  check_keyframes(copied, reference);
  ours = test::our_frames(copied.path);
  for (size_t i = 0; i < 90; ++i) // the last two by their number
    BOOST_TEST(std::abs(ours.frames[i].us - 80'000 - int64_t(i) * 40'000)
               < 500);
  for (size_t i = 3; i < 88; ++i)
    BOOST_TEST(ours.frames[i].us == reference[i].us);
}

BOOST_AUTO_TEST_CASE(open_groups_whole_and_cut) {
  auto open = test::plain("open.mkv", "320x180",
                          "-bf 3 -x264-params "
                          "open-gop=1:keyint=30:min-keyint=30:scenecut=0");
  check({open, 90});
  check({test::made("open.ts", "-i " + open + " -c copy"), 90});
  auto count = [&](const std::string& path) {
    return test::reference_frames(path).size();
  };
  for (auto* start : {"1.0", "2.0"}) {
    auto cut
      = test::made(std::string{"open"} + start + ".mkv",
                   std::string{"-ss "} + start + " -i " + open + " -c copy");
    check({cut, count(cut)});
  }
  auto hevc = test::made("open_hevc.mkv",
                         test::pattern("320x180", 60)
                           + "-c:v libx265 -x265-params keyint=20:min-keyint="
                             "20:bframes=3:open-gop=1:pools=1:log-level=error");
  check({hevc, 60});
  auto cut = test::made("cut_hevc.mkv", "-ss 1.0 -i " + hevc + " -c copy");
  check({cut, 40});
  auto mpeg2 = test::made("m2.ts", test::pattern("320x180", 120)
                                     + "-c:v mpeg2video -bf 2 -g 15");
  check({mpeg2, 120});
  cut = test::made("m2cut.ts", "-ss 1.5 -i " + mpeg2 + " -c copy");
  check({cut, count(cut)});
}

BOOST_AUTO_TEST_CASE(gradual_refresh_whole_and_from_the_middle) {
  auto whole = test::plain("refresh.mp4", "320x180",
                           "-bf 0 -x264-params intra-refresh=1:keyint=50", 150);
  check({whole, 150});
  auto raw = test::made("refresh.264", "-i " + whole + " -c copy");
  auto cut = test::from_recovery_point("from_middle.264", raw, 50);
  // Of 100 pictures 82 come out: the refresh takes 18.
  auto path = test::made("from_middle.ts", "-r 25 -i " + cut + " -c copy");
  check({path, 82});
}

BOOST_AUTO_TEST_CASE(edit_lists_hide_pictures) {
  auto clip = test::plain("b.mp4", "320x180", "-bf 3");
  auto shown = [&](const char* name, const std::string& options) {
    auto path = test::made(name, options + " -i " + clip + " -c copy");
    return row{path, test::reference_frames(path).size()};
  };
  check(shown("cut13.mp4", "-ss 1.3"));
  check(shown("cut13t1.mp4", "-ss 1.3 -t 1"));
  auto p = test::plain("p.mp4", "320x180", "-bf 0");
  // 90 packets, 77 of them shown.
  check({test::made("cut05.mp4", "-ss 0.5 -i " + p + " -c copy"), 77});
}

BOOST_AUTO_TEST_CASE(mirrored_and_turned_by_the_container) {
  auto clip = test::plain("b.mp4", "320x180", "-bf 3");
  struct {
    const char* name;
    int a, b, c, d;
  } matrices[] = {{"hflip.mp4", -1, 0, 0, 1},  {"vflip.mp4", 1, 0, 0, -1},
                  {"half.mp4", -1, 0, 0, -1},  {"right.mp4", 0, 1, -1, 0},
                  {"left.mp4", 0, -1, 1, 0},   {"transposed.mp4", 0, 1, 1, 0},
                  {"across.mp4", 0, -1, -1, 0}};
  for (auto& x : matrices)
    check({test::with_matrix(x.name, clip, x.a, x.b, x.c, x.d), 90});
}

BOOST_AUTO_TEST_CASE(turned_by_the_stream_itself) {
  auto h264 = test::plain("b.mp4", "320x180", "-bf 3");
  struct {
    const char *name, *what, *filter;
  } cases[] = {{"sei90.mp4", "rotate=90", "transpose=cclock"},
               {"seih.ts", "flip=horizontal", "hflip"},
               {"seiv.mkv", "flip=vertical", "vflip"},
               {"sei180.ts", "rotate=180", "hflip,vflip"}};
  for (auto& x : cases) {
    auto path = test::made(x.name, "-i " + h264
                                     + " -c copy -bsf:v h264_metadata=display_"
                                       "orientation=insert:"
                                     + x.what);
    // ffmpeg turns only the pictures that carry the message, although it says
    // that it holds for those after it.
    auto turned = test::made(std::string{x.name} + ".mkv",
                             "-i " + h264 + " -vf " + x.filter
                               + " -c:v ffv1 -pix_fmt yuv420p");
    BOOST_TEST_CONTEXT(x.name) {
      auto ours = test::our_frames(path);
      auto reference = test::reference_frames(turned);
      BOOST_REQUIRE(ours.frames.size() == 90u);
      for (size_t i = 0; i < 90; ++i)
        BOOST_REQUIRE(ours.frames[i].sum == reference[i].sum);
    }
  }
}

BOOST_AUTO_TEST_CASE(hevc_that_is_turned_by_the_stream_itself) {
  auto raw = test::made("upright.265",
                        test::pattern("320x180", 40)
                          + "-c:v libx265 -preset ultrafast -x265-params "
                            "keyint=20:pools=1:log-level=error");
  struct {
    const char* name;
    uint16_t rotation;
    bool mirrored;
    const char* filter;
  } cases[] = {{"hevc90.265", 0x4000, false, "transpose=cclock"},
               {"hevc180.265", 0x8000, false, "hflip,vflip"},
               {"hevc270.265", 0xc000, false, "transpose=clock"},
               {"hevch.265", 0, true, "hflip"}};
  for (auto& x : cases)
    BOOST_TEST_CONTEXT(x.name) {
      auto path = test::with_orientation(x.name, raw, x.rotation, x.mirrored);
      auto ours = test::our_frames(path);
      auto reference = test::reference_frames(test::made(
        std::string{x.name} + ".mkv",
        "-i " + raw + " -vf " + x.filter + " -c:v ffv1 -pix_fmt yuv420p"));
      BOOST_REQUIRE(ours.frames.size() == 40u);
      BOOST_REQUIRE(reference.size() == 40u);
      for (size_t i = 0; i < 40; ++i)
        BOOST_REQUIRE(ours.frames[i].sum == reference[i].sum);
    }
}

BOOST_AUTO_TEST_CASE(what_came_out_right_before) {
  auto with = [&](const char* name, const std::string& options, size_t n = 60) {
    return row{test::made(name, test::pattern("320x180", n) + options), n};
  };
  check(with("slices.ts", "-c:v libx264 -x264-params slices=4 -bf 2"));
  check(with("mbaff.mp4", "-c:v libx264 -flags +ildct+ilme -bf 2"));
  check(
    with("fragments.mp4", "-c:v libx264 -movflags frag_keyframe+empty_moov"));
  check(with("vp8.webm",
             "-c:v libvpx -auto-alt-ref 1 -lag-in-frames 16 -b:v 300k", 100));
  check(with("vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 "
                         "-auto-alt-ref 1 -lag-in-frames 16 -g 20"));
  check(with("hevc.mp4", "-c:v libx265 -x265-params keyint=20:bframes=3:"
                         "pools=1:log-level=error"));
  auto motion = with("motion.avi", "-c:v mjpeg -q:v 5 -pix_fmt yuvj420p");
  motion.format = "yuvj420p";
  check(motion);
}

BOOST_AUTO_TEST_CASE(names_with_colons_and_of_schemes_are_files) {
  auto clip = test::plain("p.mp4", "320x180", "-bf 0");
  auto folder = std::filesystem::path{clip}.parent_path();
  for (auto* name : {"23:59:59.mp4", "rtsp_recording.mp4", "http.mp4"}) {
    auto path = folder / name;
    std::filesystem::copy_file(
      clip, path, std::filesystem::copy_options::overwrite_existing);
    source_config config;
    config.url = path.string();
    auto x = source::open(config);
    BOOST_REQUIRE_MESSAGE(x, name);
    BOOST_TEST(x->finite());
    BOOST_TEST(!x->live());
    BOOST_TEST(test::our_frames(path.string()).frames.size() == 90u);
  }
  auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  auto frames = test::our_frames("23:59:59.mp4").frames.size();
  std::filesystem::current_path(here);
  BOOST_TEST(frames == 90u);
}

BOOST_AUTO_TEST_SUITE_END()
