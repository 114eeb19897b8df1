#include "runtime/evaluation/recording.hpp"

#include "runtime/error.hpp"
#include "runtime/evaluation/poor_copy.hpp"
#include "support/clips.hpp"
#include "support/expect.hpp"
#include "support/value_of.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <numeric>

using namespace vpaas;

namespace tt = boost::test_tools;

namespace {

/// 100 frames: with 1 of 15, keyframes 0, 15, ... 90.
recording clip(uint64_t max_frames = 1000) {
  static auto path = test::clip("recording.mp4", "320x180", "25",
                                "-c:v libx264 -preset ultrafast -crf 18", 100);
  source_config from;
  from.url = path;
  return test::value_of(record(from, max_frames));
}

std::vector<uint64_t> shown(const keyframe_range& range) {
  std::vector<uint64_t> result;
  auto err = show_keyframes(clip(), range, [&](const frame& x) {
    result.push_back(x.number());
    return caf::error{};
  });
  BOOST_TEST(test::why(err) == "");
  return result;
}

using numbers = std::vector<uint64_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(recording_tests)

BOOST_AUTO_TEST_CASE(a_source_is_read_to_its_end_or_to_a_limit) {
  BOOST_TEST(clip().frames() == 100u);
  BOOST_TEST(clip(31).frames() == 31u);
  source_config nowhere;
  nowhere.url = "no_such_file.mp4";
  BOOST_TEST((record(nowhere).error() == ec::io));
}

BOOST_AUTO_TEST_CASE(a_share_of_the_keyframes_is_shown) {
  BOOST_TEST(shown({}) == (numbers{0, 15, 30, 45, 60, 75, 90}),
             tt::per_element());
  // 7 keyframes: 0.4 * 7 = 2.8 is nearest to 3.
  BOOST_TEST(shown({15, 0, .4}) == (numbers{0, 15, 30}), tt::per_element());
  BOOST_TEST(shown({15, .4, 1}) == (numbers{45, 60, 75, 90}),
             tt::per_element());
  BOOST_TEST(shown({50, 0, 1}) == (numbers{0, 50}), tt::per_element());
}

BOOST_AUTO_TEST_CASE(original_bytes_are_those_of_the_frames_in_the_range) {
  auto x = clip();
  uint64_t all = 0;
  for (auto& part : x.segments)
    all += part.bytes.size();
  BOOST_TEST(original_bytes(x, {}) == all);
  auto start = original_bytes(x, {15, 0, .4}); // frames 0 to 44
  uint64_t wanted = 0, number = 0;
  for (auto& part : x.segments)
    for (auto& y : part.packets)
      wanted += number++ < 45 ? y.size : 0;
  BOOST_TEST(start == wanted);
  BOOST_TEST(start + original_bytes(x, {15, .4, 1}) == all);
}

BOOST_AUTO_TEST_CASE(showing_ends_with_the_first_error) {
  auto calls = 0;
  auto err = show_keyframes(clip(), {}, [&](const frame&) {
    return ++calls == 2 ? caf::make_error(ec::inference, "enough")
                        : caf::error{};
  });
  BOOST_TEST((err == ec::inference));
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_CASE(a_keyframe_that_cannot_be_decoded_is_an_error) {
  auto x = clip();
  x.segments.erase(x.segments.begin()); // with the only intra frame
  auto err = show_keyframes(x, {}, [](const frame&) { return caf::error{}; });
  BOOST_TEST((err == ec::codec));
}

// The same frames through encoder and decoder by hand.
BOOST_AUTO_TEST_CASE(a_copy_is_what_encoder_and_decoder_make) {
  encoder_config quality;
  quality.scale = .5f;
  poor_copy uut{quality, 4};
  encoder by_hand{quality};
  uint64_t bytes = 0, n = 0;
  auto err = show_keyframes(clip(), {}, [&](const frame& x) {
    auto y = test::value_of(uut.pass(x));
    BOOST_TEST(y.width() == 160);
    BOOST_TEST(y.height() == 90);
    BOOST_TEST(y.number() == x.number());
    if (n % 4 == 0)
      by_hand.begin("s", n / 4);
    bytes += test::value_of(by_hand.add(x)).bytes.size();
    ++n;
    return caf::error{};
  });
  BOOST_TEST(test::why(err) == "");
  BOOST_TEST(n == 7u);
  BOOST_TEST(uut.bytes() == bytes);
}

BOOST_AUTO_TEST_CASE(a_copy_of_no_quality_is_refused) {
  encoder_config quality;
  quality.qp = 99;
  poor_copy uut{quality};
  auto err = show_keyframes(clip(), {}, [&](const frame& x) {
    auto y = uut.pass(x);
    return y ? caf::error{} : y.error();
  });
  BOOST_TEST((err == ec::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
