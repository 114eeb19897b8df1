#include "runtime/media/forwarded.hpp"

#include "runtime/error.hpp"
#include "runtime/media/chunk_decoder.hpp"
#include "support/clips.hpp"
#include "support/expect.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>

using namespace vpaas;

namespace {

constexpr uint64_t every = 7;

// 60 frames, an intra frame each 20, with B frames: a keyframe may come out
// with the part behind its own.
std::string camera() {
  return test::clip("forwarded.mp4", "96x64", "25",
                    "-c:v libx264 -preset fast -threads 1 -g 20 -bf 3");
}

std::vector<segment> short_parts() {
  segment_limits limits;
  limits.min_time = std::chrono::milliseconds{800};
  limits.part_time = std::chrono::milliseconds{200};
  source_config source;
  source.url = camera();
  return test::segments_of(source, limits);
}

struct sent_part {
  chunk part;
  std::vector<frame> at_home; ///< what came out there
};

// What a fog sends of a camera: a part for each time that keyframes come out.
std::vector<sent_part> parts_of(const std::vector<segment>& xs) {
  decoder home{{every, 1, true}};
  std::vector<sent_part> result;
  segment_run open;
  for (auto& x : xs) {
    open.push_back(std::make_shared<const segment>(x));
    auto out = home.decode(x);
    if (x.last) {
      auto rest = home.finish();
      out.frames.insert(out.frames.end(), rest.frames.begin(),
                        rest.frames.end());
    }
    if (out.frames.empty())
      continue;
    std::vector<frame_info> infos;
    for (auto& f : out.frames)
      infos.push_back(f.info());
    auto part = forward(std::exchange(open, {}), infos, every);
    part.stream = "door";
    part.part = uint16_t(result.size());
    result.push_back({std::move(part), out.frames});
  }
  return result;
}

bool same_pixels(const frame& x, const frame& y) {
  for (int i = 0; i < 3; ++i) {
    auto a = x.component(i), b = y.component(i);
    for (int row = 0; row < a.height; ++row)
      if (std::memcmp(a.data + row * a.stride, b.data + row * b.stride,
                      size_t(a.width))
          != 0)
        return false;
  }
  return x.width() == y.width() && x.height() == y.height();
}

} // namespace

BOOST_AUTO_TEST_SUITE(forwarded_tests)

BOOST_AUTO_TEST_CASE(the_same_pictures_come_out_elsewhere) {
  auto segments = short_parts();
  auto parts = parts_of(segments);
  BOOST_TEST_REQUIRE(parts.size() > 4u);
  size_t coded = 0, sent = 0, frames = 0;
  for (auto& x : segments)
    coded += x.bytes.size();
  chunk_decoder uut;
  for (auto& [part, at_home] : parts) {
    auto out = uut.decode(part);
    BOOST_TEST_REQUIRE(test::why(out) == "");
    BOOST_TEST_REQUIRE(out->size() == at_home.size());
    for (size_t i = 0; i < at_home.size(); ++i) {
      BOOST_TEST((*out)[i].number() == at_home[i].number());
      BOOST_TEST((*out)[i].info().pts_us == at_home[i].info().pts_us);
      BOOST_TEST(same_pixels((*out)[i], at_home[i]));
    }
    frames += out->size();
    sent += part.bytes.size();
  }
  BOOST_TEST(frames == 9u); // 0, 7, ... 56
  BOOST_TEST(sent > coded);
  BOOST_TEST(sent < coded + 60 * 64 + parts.size() * 256); // envelopes
}

BOOST_AUTO_TEST_CASE(several_keyframes_of_one_part_may_be_asked_for_apart) {
  auto segments = test::segments_of(camera());
  auto parts = parts_of(segments);
  auto whole = parts.front();
  BOOST_TEST_REQUIRE(whole.at_home.size() > 1u);
  auto first = whole.part;
  first.frames.resize(1);
  auto second = forward({}, {whole.at_home[1].info()}, every);
  second.stream = "door";
  second.part = 1;
  chunk_decoder uut;
  BOOST_TEST(bool(uut.decode(first)));
  auto out = uut.decode(second);
  BOOST_TEST_REQUIRE(test::why(out) == "");
  BOOST_TEST(same_pixels(out->front(), whole.at_home[1]));
}

BOOST_AUTO_TEST_CASE(after_a_gap_only_a_new_chunk_helps) {
  auto parts = parts_of(short_parts());
  chunk_decoder uut;
  BOOST_TEST(bool(uut.decode(parts[0].part)));
  auto late = uut.decode(parts[2].part);
  BOOST_TEST((late.error() == ec::codec));
  BOOST_TEST((uut.decode(parts[1].part).error() == ec::codec));
  auto again = uut.decode(parts[0].part);
  BOOST_TEST_REQUIRE(bool(again));
  BOOST_TEST(same_pixels(again->front(), parts[0].at_home.front()));
}

BOOST_AUTO_TEST_CASE(what_is_no_segment_is_refused) {
  auto part = parts_of(short_parts()).front().part;
  auto broken = part;
  broken.bytes = blob{blob::buffer(40, 0xee)};
  chunk_decoder uut;
  BOOST_TEST((uut.decode(broken).error() == ec::codec));
  auto other = part;
  other.frames.front().number = 3; // is no keyframe
  BOOST_TEST((uut.decode(other).error() == ec::codec));
  BOOST_TEST(bool(uut.decode(part)));
}

BOOST_AUTO_TEST_SUITE_END()
