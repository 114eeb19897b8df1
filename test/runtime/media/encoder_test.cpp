#include "runtime/error.hpp"
#include "runtime/media/bitstream.hpp"
#include "runtime/media/chunk_decoder.hpp"
#include "runtime/media/decoder.hpp"
#include "runtime/media/encoder.hpp"
#include "runtime/media/encoder_backend.hpp"
#include "support/clips.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>

using namespace vpaas;

namespace {

std::vector<frame> keyframes(const std::string& path, uint64_t every) {
  decoder in{{every, 1, true}};
  std::vector<frame> result;
  auto take = [&](decoded x) {
    result.insert(result.end(), x.frames.begin(), x.frames.end());
  };
  for (auto& x : test::segments_of(path))
    take(in.decode(x));
  take(in.finish());
  return result;
}

const std::string& source_clip() {
  static auto path = test::clip("enc.mp4", "640x360", "25",
                                "-c:v libx264 -preset ultrafast -crf 18", 75);
  return path;
}

std::vector<chunk> encode(encoder& uut, const std::vector<frame>& frames,
                          uint64_t seq = 1) {
  uut.begin("s", seq);
  std::vector<chunk> result;
  for (auto& x : frames)
    result.push_back(test::value_of(uut.add(x)));
  result.back().last = true;
  return result;
}

size_t bytes_of(const std::vector<chunk>& parts) {
  return join(parts).bytes.size();
}

double psnr(const frame& a, const frame& b) {
  auto p = a.component(0);
  auto q = b.component(0);
  double sum = 0;
  for (int y = 0; y < p.height; ++y)
    for (int x = 0; x < p.width; ++x) {
      double d = p.data[y * p.stride + x] - q.data[y * q.stride + x];
      sum += d * d;
    }
  return 10
         * std::log10(255.0 * 255 * p.width * p.height / std::max(sum, 1e-9));
}

std::vector<int> unit_types(const chunk& x) {
  std::vector<int> result;
  for_each_nal(
    x.bytes.data(), x.bytes.size(), 0,
    [&](const uint8_t* nal, size_t) { result.push_back(nal[0] & 31); });
  return result;
}

encoder_config full_size(int qp) {
  encoder_config result;
  result.qp = qp;
  result.scale = 1;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(encoder_tests)

BOOST_AUTO_TEST_CASE(only_the_first_part_of_a_chunk_names_its_codec) {
  encoder uut{full_size(36)};
  auto parts = encode(uut, keyframes(source_clip(), 25));
  BOOST_REQUIRE(parts.size() == 3u);
  BOOST_TEST(parts[0].codec.width == 640);
  BOOST_TEST(parts[1].codec.codec == "");
  chunk_decoder without_the_first;
  BOOST_TEST(!without_the_first.decode(parts[1]));
  chunk_decoder in;
  for (auto& x : parts)
    BOOST_TEST(test::value_of(in.decode(x)).size() == 1u);
  parts[1].codec = parts[0].codec; // saying it again is allowed
  parts[2].codec.codec = "vp9";
  test::value_of(in.decode(parts[0]));
  test::value_of(in.decode(parts[1]));
  auto refused = in.decode(parts[2]);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(describe(refused.error()).find("its codec is not")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_frame_comes_out_at_once_and_each_chunk_is_alone) {
  auto frames = keyframes(source_clip(), 15);
  BOOST_REQUIRE(frames.size() == 5u);
  encoder uut{encoder_config{}};
  auto first = encode(uut, frames, 1);
  auto second = encode(uut, frames, 2);
  for (auto* parts : {&first, &second}) {
    auto types = unit_types(parts->front());
    // SPS, PPS, perhaps SEI, then the IDR; after it P frames only.
    BOOST_TEST(types.front() == 7);
    BOOST_TEST(types.back() == 5);
    for (size_t i = 1; i < parts->size(); ++i)
      BOOST_TEST(unit_types((*parts)[i]).back() == 1);
  }
  for (auto* parts : {&second, &first}) {
    chunk_decoder alone;
    auto out = test::value_of(alone.decode(join(*parts)));
    BOOST_REQUIRE(out.size() == frames.size());
    for (size_t i = 0; i < frames.size(); ++i) {
      BOOST_TEST(out[i].number() == frames[i].number());
      BOOST_TEST(out[i].width() == 512);
      BOOST_TEST(out[i].height() == 288);
    }
  }
}

BOOST_AUTO_TEST_CASE(parts_decode_to_the_frames_of_the_whole) {
  auto frames = keyframes(source_clip(), 15);
  encoder uut{full_size(30)};
  auto parts = encode(uut, frames);
  chunk_decoder whole;
  auto expected = whole.decode(join(parts));
  BOOST_REQUIRE(expected);
  chunk_decoder streamed;
  for (size_t i = 0; i < parts.size(); ++i) {
    auto out = test::value_of(streamed.decode(parts[i]));
    BOOST_REQUIRE(out.size() == 1u);
    BOOST_TEST(psnr(out.front(), (*expected)[i]) > 100);
  }
}

BOOST_AUTO_TEST_CASE(pixels_survive_as_well_as_the_quantiser_lets_them) {
  auto frames = keyframes(source_clip(), 15);
  encoder uut{full_size(20)};
  chunk_decoder back;
  auto out = back.decode(join(encode(uut, frames)));
  BOOST_REQUIRE(out);
  for (size_t i = 0; i < frames.size(); ++i)
    BOOST_TEST(psnr(frames[i], (*out)[i]) > 36);
}

BOOST_AUTO_TEST_CASE(bytes_are_those_of_the_ffmpeg_program) {
  // The same keyframes, scale, quantiser and preset: within 1 %, although the
  // program writes its name into the first frame.
  auto frames = keyframes(source_clip(), 15);
  for (auto qp : {26, 36}) {
    encoder_config config;
    config.qp = qp;
    encoder uut{config};
    auto ours = bytes_of(encode(uut, frames));
    auto theirs = test::ffmpeg(
      "-i " + source_clip()
      + " -vf 'select=not(mod(n\\,15)),scale=512:288:flags=bilinear' "
        "-vsync passthrough -c:v libx264 -preset veryfast -tune zerolatency "
        "-x264-params scenecut=0:keyint=infinite:bframes=0 -threads 1 -qp "
      + std::to_string(qp) + " -f h264 -");
    BOOST_TEST(static_cast<double>(ours) == static_cast<double>(theirs.size()),
               boost::test_tools::tolerance(0.01));
  }
}

BOOST_AUTO_TEST_CASE(a_flat_qp_spends_less_on_the_intra_frame) {
  auto frames = keyframes(source_clip(), 15);
  auto config = full_size(30);
  encoder usual{config};
  config.flat_qp = true;
  encoder flat{config};
  BOOST_TEST(encode(flat, frames).front().bytes.size() * 5
             < encode(usual, frames).front().bytes.size() * 4);
}

BOOST_AUTO_TEST_CASE(a_region_of_interest_gets_more_bits_under_crf_only) {
  auto frames = keyframes(source_clip(), 15);
  frames.resize(1);
  auto config = full_size(36);
  encoder constant{config};
  constant.begin("s", 1);
  std::vector<region_of_interest> left{{{0, 0, .5f, 1}, -.5f}};
  auto refused = constant.add(frames.front(), left);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_config));
  config.crf = 36;
  encoder plain{config};
  encoder careful{config};
  plain.begin("s", 1);
  careful.begin("s", 1);
  auto a = plain.add(frames.front());
  auto b = careful.add(frames.front(), left);
  BOOST_REQUIRE((a && b));
  BOOST_TEST(b->bytes.size() > a->bytes.size() * 5 / 4);
}

BOOST_AUTO_TEST_CASE(a_chunk_holds_frames_of_one_size) {
  auto frames = keyframes(source_clip(), 15);
  auto other = keyframes(test::clip("small.mp4", "320x180", "25",
                                    "-c:v libx264 -preset ultrafast", 10),
                         15);
  encoder uut{encoder_config{}};
  uut.begin("s", 1);
  BOOST_REQUIRE(uut.add(frames[0]));
  BOOST_TEST(!uut.fits(other[0]));
  auto refused = uut.add(other[0]);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error() == ec::bad_input));
  uut.begin("s", 2);
  BOOST_TEST(uut.fits(other[0]));
  auto x = uut.add(other[0]);
  BOOST_REQUIRE(x);
  BOOST_TEST(x->codec.width == 256);
}

BOOST_AUTO_TEST_CASE(odd_sizes_are_coded_as_even_ones) {
  BOOST_TEST(scaled_side(853, .8f) == 682);
  BOOST_TEST(scaled_side(1280, .8f) == 1024);
  BOOST_TEST(scaled_side(374, 1) == 374);
  BOOST_TEST(scaled_side(17, .05f) == 16);
  auto frames = keyframes(test::clip("odd.webm", "321x181", "25",
                                     "-c:v libvpx-vp9 -deadline realtime "
                                     "-cpu-used 8",
                                     16),
                          15);
  encoder uut{full_size(30)};
  auto parts = encode(uut, frames);
  chunk_decoder back;
  auto out = back.decode(join(parts));
  BOOST_REQUIRE(out);
  BOOST_TEST(out->front().width() % 2 == 0);
}

BOOST_AUTO_TEST_CASE(settings_out_of_range_are_refused_with_what_is_allowed) {
  auto frames = keyframes(source_clip(), 15);
  auto refused = [&](auto change) {
    encoder_config config;
    change(config);
    encoder uut{config};
    uut.begin("s", 1);
    auto x = uut.add(frames[0]);
    BOOST_REQUIRE(!x);
    return describe(x.error());
  };
  auto text = refused([](auto& x) { x.qp = 52; });
  BOOST_TEST(text.find("allowed are 0 to 51") != std::string::npos, text);
  refused([](auto& x) { x.scale = 0; });
  refused([](auto& x) { x.threads = 0; });
  refused([](auto& x) { x.preset = "no such preset"; });
  refused([](auto& x) { x.backend = "no such encoder"; });
}

BOOST_AUTO_TEST_CASE(the_best_encoder_is_chosen_once_and_works) {
  auto& choice = best_encoder();
  BOOST_TEST(&choice == &best_encoder());
  BOOST_TEST_MESSAGE("encoder: " << choice.name << " (" << choice.reason
                                 << ")");
  auto frames = keyframes(source_clip(), 15);
  encoder_config config;
  config.backend = "auto";
  encoder uut{config};
  auto parts = encode(uut, frames);
  BOOST_TEST(uut.backend() == choice.name);
  chunk_decoder back;
  auto out = back.decode(join(parts));
  BOOST_REQUIRE(out);
  BOOST_TEST(out->size() == frames.size());
}

BOOST_AUTO_TEST_CASE(damaged_chunks_are_refused_with_their_names) {
  auto frames = keyframes(source_clip(), 15);
  encoder uut{encoder_config{}};
  auto parts = encode(uut, frames);
  auto refused = [](chunk_decoder& back, const chunk& x) {
    auto out = back.decode(x);
    BOOST_REQUIRE(!out);
    auto text = describe(out.error());
    BOOST_TEST(text.find("s, chunk 1.") != std::string::npos, text);
  };
  chunk_decoder back;
  refused(back, parts[1]);
  BOOST_REQUIRE(back.decode(parts[0]));
  refused(back, parts[2]);
  auto x = parts[0];
  x.frames[0].size -= 1;
  refused(back, x);
  x = parts[0];
  x.bytes = blob{blob::buffer(x.bytes.size(), 0)};
  refused(back, x);
  BOOST_CHECK(back.decode(parts[0]));
}

BOOST_AUTO_TEST_SUITE_END()
