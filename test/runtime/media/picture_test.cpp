#include "runtime/error.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/draw.hpp"
#include "runtime/media/encoder.hpp"
#include "runtime/media/jpeg.hpp"
#include "runtime/media/mp4.hpp"
#include "support/clips.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>
#include <opencv2/imgcodecs.hpp>

#include <cstdlib>
#include <fstream>

using namespace vpaas;

namespace {

// One colour, in limited range BT.709.
frame plain(int w, int h, uint8_t y, uint8_t u, uint8_t v,
            uint64_t number = 0) {
  std::vector<uint8_t> luma(static_cast<size_t>(w * h), y);
  std::vector<uint8_t> cb(static_cast<size_t>(w * h / 4), u);
  std::vector<uint8_t> cr(static_cast<size_t>(w * h / 4), v);
  frame_info info;
  info.number = number;
  info.pts_us = static_cast<int64_t>(number) * 40'000;
  return test::value_of(frame::copy({plane{luma.data(), w, w, h},
                                     plane{cb.data(), w / 2, w / 2, h / 2},
                                     plane{cr.data(), w / 2, w / 2, h / 2}},
                                    info));
}

uint8_t sample(const frame& x, int component, int column, int row) {
  auto p = x.component(component);
  return p.data[row * p.stride + column];
}

std::string probe(const std::string& path, const std::string& entries) {
  auto out = test::output_of("ffprobe -v error -count_packets -show_entries "
                             + entries + " -of csv=p=0 " + path);
  return {out.begin(), out.end()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(picture_tests)

BOOST_AUTO_TEST_CASE(a_box_is_drawn_on_a_copy_where_it_belongs) {
  auto x = plain(320, 200, 16, 128, 128);
  // Red in BT.709, limited range: Y 63, Cb 102, Cr 240.
  auto out = test::value_of(draw(x, {{{.25f, .5f, .75f, 1}, "", {255, 0, 0}}}));
  BOOST_TEST(sample(out, 0, 80, 150) == 63);
  BOOST_TEST(sample(out, 1, 40, 75) == 102);
  BOOST_TEST(sample(out, 2, 40, 75) == 240);
  BOOST_TEST(sample(out, 0, 160, 100) == 63);
  BOOST_TEST(sample(out, 0, 160, 150) == 16);
  BOOST_TEST(sample(out, 0, 78, 150) == 16);
  BOOST_TEST(sample(x, 0, 80, 150) == 16);
}

BOOST_AUTO_TEST_CASE(labels_stay_inside_the_picture) {
  auto x = plain(64, 48, 16, 128, 128);
  std::vector<annotation> all{
    {{0, 0, 1, 1}, "a very long label that does not fit 0.99", {0, 255, 0}},
    {{.9f, .9f, 2, 2}, "person 0.5", {0, 0, 255}},
    {{-1, -1, 0, 0}, "\xc3\xa4?", {255, 255, 255}}};
  auto out = test::value_of(draw(x, all));
  BOOST_TEST(out.width() == 64);
  BOOST_TEST(!draw(frame{}, all));
}

BOOST_AUTO_TEST_CASE(a_label_is_written_in_letters) {
  auto x = plain(320, 200, 16, 128, 128);
  auto out
    = test::value_of(draw(x, {{{.1f, .5f, .9f, .9f}, "1", {255, 255, 255}}}));
  // The glyph of 1 in black on the white ground of the label, whose corner is
  // at (32, 91): rows of its third column, from (33 + 2, 92).
  for (int row = 0; row < 7; ++row)
    BOOST_TEST(sample(out, 0, 35, 92 + row) == 16, "row " << row);
  BOOST_TEST(sample(out, 0, 33, 92) == 235);
}

BOOST_AUTO_TEST_CASE(a_jpeg_has_the_colours_of_its_frame) {
  // Green in BT.709, limited range.
  auto x = plain(64, 48, 173, 42, 26);
  auto file = test::value_of(to_jpeg(x, 95));
  cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U,
                const_cast<uint8_t*>(file.data()));
  auto out = cv::imdecode(bytes, cv::IMREAD_COLOR);
  BOOST_REQUIRE(out.cols == 64);
  BOOST_REQUIRE(out.rows == 48);
  auto bgr = out.at<cv::Vec3b>(24, 32);
  BOOST_TEST(bgr[0] < 8);
  BOOST_TEST(bgr[1] > 247);
  BOOST_TEST(bgr[2] < 8);
  BOOST_TEST(!to_jpeg(frame{}));
}

BOOST_AUTO_TEST_CASE(a_finer_jpeg_is_larger) {
  decoder in{{1, 1, true}};
  auto path = test::clip("jpeg.mp4", "320x180", "25",
                         "-c:v libx264 -preset ultrafast", 10);
  auto frames = in.decode(test::segments_of(path).front()).frames;
  BOOST_REQUIRE(!frames.empty());
  auto coarse = test::value_of(to_jpeg(frames[0], 20));
  auto fine = test::value_of(to_jpeg(frames[0], 90));
  BOOST_TEST(fine.size() > 2 * coarse.size());
}

BOOST_AUTO_TEST_CASE(an_mp4_has_every_frame_at_its_time) {
  test::temp_dir folder;
  auto path = folder.path("out.mp4");
  mp4_writer uut{path, 25};
  for (uint64_t i = 0; i < 30; ++i)
    BOOST_TEST(
      !uut.add(plain(320, 180, static_cast<uint8_t>(20 + i * 5), 128, 128, i)));
  BOOST_TEST((uut.add({}) == ec::bad_input));
  BOOST_TEST(!uut.finish());
  BOOST_TEST(probe(path, "stream=codec_name,width,height,nb_read_packets")
             == "h264,320,180,30\n");
  decoder back{{1, 1, true}};
  uint64_t next = 0;
  auto take = [&](const decoded& out) {
    for (auto& x : out.frames) {
      BOOST_TEST(x.info().pts_us == static_cast<int64_t>(next) * 40'000);
      auto y = static_cast<int>(sample(x, 0, 160, 90));
      BOOST_TEST(std::abs(y - static_cast<int>(20 + next * 5)) <= 3);
      ++next;
    }
  };
  for (auto& x : test::segments_of(path))
    take(back.decode(x));
  take(back.finish());
  BOOST_TEST(next == 30u);
}

BOOST_AUTO_TEST_CASE(a_frame_of_another_size_keeps_its_shape_in_an_mp4) {
  test::temp_dir folder;
  auto path = folder.path("out.mp4");
  mp4_writer uut{path, 25};
  BOOST_TEST(!uut.add(plain(320, 180, 100, 128, 128, 0)));
  BOOST_TEST(!uut.add(plain(64, 64, 200, 128, 128, 1)));
  BOOST_TEST(!uut.finish());
  BOOST_TEST(uut.letterboxed() == 1u);
  decoder back{{1, 1, true}};
  auto frames = back.decode(test::segments_of(path).front()).frames;
  for (auto& x : back.finish().frames)
    frames.push_back(x);
  BOOST_REQUIRE(frames.size() == 2u);
  BOOST_TEST(frames[1].width() == 320);
  // 180 by 180 in the middle, black beside it.
  BOOST_TEST(std::abs(sample(frames[1], 0, 160, 90) - 200) <= 4);
  BOOST_TEST(std::abs(sample(frames[1], 0, 80, 90) - 200) <= 4);
  BOOST_TEST(std::abs(sample(frames[1], 0, 60, 90) - 16) <= 4);
  BOOST_TEST(std::abs(sample(frames[1], 0, 260, 90) - 16) <= 4);
}

BOOST_AUTO_TEST_CASE(an_mp4_that_cannot_be_written_is_named) {
  mp4_writer uut{"/nowhere/out.mp4", 25};
  auto err = uut.add(plain(64, 64, 0, 128, 128));
  BOOST_TEST((err == ec::io));
  BOOST_TEST(describe(err).find("/nowhere/out.mp4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_chunk_becomes_an_mp4_that_players_read) {
  encoder in{encoder_config{}};
  in.begin("s", 3);
  std::vector<chunk> parts;
  for (uint64_t i = 0; i < 15; ++i)
    parts.push_back(
      test::value_of(in.add(plain(640, 360, 100, 128, 128, i * 15))));
  auto file = test::value_of(to_fragmented_mp4(join(parts)));
  test::temp_dir folder;
  auto path = folder.path("chunk.mp4");
  std::ofstream{path, std::ios::binary}.write(
    reinterpret_cast<const char*>(file.data()),
    static_cast<std::streamsize>(file.size()));
  BOOST_TEST(probe(path, "stream=codec_name,width,height,nb_read_packets")
             == "h264,512,288,15\n");
  // 15 keyframes 0.6 s apart; the last one starts at 8.4 s.
  BOOST_TEST(probe(path, "packet=pts_time").find("8.400000")
             != std::string::npos);
  auto refused = to_fragmented_mp4(parts[1]);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()
