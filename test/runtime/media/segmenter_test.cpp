#include "runtime/media/segmenter.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace std::chrono_literals;

using namespace vpaas;

namespace {

constexpr int64_t frame_us = 40'000;

struct fixture {
  segment_limits limits;
  std::vector<segment> out;
  std::vector<uint8_t> byte{1};

  // Pushes pictures of one byte: 'I' may start decoding, 'p' may not. `shown`
  // are their places in display order.
  void push(segmenter& uut, const std::string& kinds,
            const std::vector<int>& shown = {}) {
    for (size_t i = 0; i < kinds.size(); ++i) {
      auto pts = shown.empty() ? next++ : shown[i];
      auto dts = static_cast<int64_t>(pushed++) * frame_us;
      packet_view x{byte.data(), 1, kinds[i] == 'I', pts * frame_us, dts};
      if (auto part = uut.push(x, {}))
        out.push_back(std::move(*part));
    }
  }

  void finish(segmenter& uut) {
    if (auto part = uut.finish())
      out.push_back(std::move(*part));
  }

  std::vector<size_t> sizes() const {
    std::vector<size_t> result;
    for (auto& x : out)
      result.push_back(x.packets.size());
    return result;
  }

  int next = 0;
  int pushed = 0;
};

using sizes_t = std::vector<size_t>;

} // namespace

#define CHECK_SIZES(...)                                                       \
  BOOST_TEST(sizes() == (sizes_t{__VA_ARGS__}),                                \
             boost::test_tools::per_element())

BOOST_FIXTURE_TEST_SUITE(segmenter_tests, fixture)

BOOST_AUTO_TEST_CASE(a_segment_ends_at_the_first_intra_frame_after_its_time) {
  limits.min_time = 3 * 40ms;
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  push(uut, "IpIpIppIp");
  finish(uut);
  CHECK_SIZES(4, 3, 2);
  BOOST_TEST(out[0].number == 1u);
  BOOST_TEST(out[1].number == 2u);
  BOOST_TEST(out[1].first_frame == 4u);
  BOOST_TEST(out[2].part == 0u);
}

BOOST_AUTO_TEST_CASE(packets_before_the_first_intra_frame_are_discarded) {
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  push(uut, "pppIp");
  finish(uut);
  CHECK_SIZES(2);
  BOOST_TEST(uut.discarded() == 3u);
  BOOST_TEST(out[0].first_frame == 0u);
}

BOOST_AUTO_TEST_CASE(a_long_segment_leaves_in_parts) {
  limits.part_time = 2 * 40ms;
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  push(uut, "Ippppp");
  finish(uut);
  CHECK_SIZES(2, 2, 2);
  BOOST_TEST(out[2].number == 1u);
  BOOST_TEST(out[2].part == 2u);
  BOOST_TEST(out[2].first_frame == 4u);
}

BOOST_AUTO_TEST_CASE(a_part_is_cut_only_where_display_order_agrees) {
  // I0 P3 B1 B2 P6 B4 B5 P9 B7 B8: after the time of two frames the only cuts
  // are before a P, and that is known one picture later.
  limits.part_time = 2 * 40ms;
  segmenter uut{"s", limits};
  uut.restart({}, 1);
  push(uut, "Ippppppppp", {0, 3, 1, 2, 6, 4, 5, 9, 7, 8});
  finish(uut);
  size_t from = 0;
  for (auto& x : out) {
    auto end = from + x.packets.size();
    for (auto& p : x.packets) {
      BOOST_TEST(p.pts_us >= static_cast<int64_t>(from) * frame_us);
      BOOST_TEST(p.pts_us < static_cast<int64_t>(end) * frame_us);
    }
    from = end;
  }
  BOOST_TEST(out.size() > 2u);
  BOOST_TEST(from == 10u);
}

BOOST_AUTO_TEST_CASE(numbers_go_on_after_the_source_was_opened_again) {
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  push(uut, "Ipp");
  finish(uut);
  uut.restart({}, 0);
  push(uut, "pIp");
  finish(uut);
  BOOST_REQUIRE(out.size() == 2u);
  BOOST_TEST(!out[0].discontinuity);
  BOOST_TEST(out[1].discontinuity);
  BOOST_TEST(out[1].number == 2u);
  BOOST_TEST(out[1].first_frame == 3u);
}

BOOST_AUTO_TEST_CASE(absurd_times_are_dropped_and_do_not_stop_the_stream) {
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  for (auto t : {int64_t{0}, std::numeric_limits<int64_t>::max(), no_time + 1,
                 int64_t{-5}, int64_t{1} << 60}) {
    packet_view x{byte.data(), 1, true, t, t};
    if (auto part = uut.push(x, {}))
      out.push_back(std::move(*part));
  }
  finish(uut);
  size_t count = 0;
  for (auto& x : out)
    for (auto& p : x.packets) {
      ++count;
      BOOST_TEST((p.pts_us == no_time || std::abs(p.pts_us) < 10));
    }
  BOOST_TEST(count == 5u);
}

BOOST_AUTO_TEST_CASE(slices_of_one_picture_are_one_packet) {
  // first_mb_in_slice 0 is the bit 1, and 1 the bits 010; times say nothing.
  std::vector<uint8_t> idr{0, 0, 1, 0x65, 0x88}, first{0, 0, 1, 0x41, 0x88},
    more{0, 0, 1, 0x41, 0x48};
  segmenter uut{"s", limits};
  codec_parameters codec;
  codec.codec = "h264";
  uut.restart(codec, 0);
  for (auto* x : {&idr, &more, &more, &first, &first, &more})
    uut.push({x->data(), x->size(), x == &idr, 0, 0}, {});
  finish(uut);
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_REQUIRE(out[0].packets.size() == 3u);
  BOOST_TEST(out[0].packets[0].size == 15u);
  BOOST_TEST(out[0].packets[1].size == 5u);
  BOOST_TEST(out[0].packets[2].size == 10u);
  BOOST_TEST(out[0].bytes.size() == 30u);
}

BOOST_AUTO_TEST_CASE(slices_of_hevc_are_known_by_their_first_bit) {
  std::vector<uint8_t> idr{0, 0, 1, 0x26, 1, 0x80}, first{0, 0, 1, 2, 1, 0x80},
    more{0, 0, 1, 2, 1, 0x40};
  segmenter uut{"s", limits};
  codec_parameters codec;
  codec.codec = "hevc";
  uut.restart(codec, 0);
  for (auto* x : {&idr, &more, &first, &first, &more})
    uut.push({x->data(), x->size(), x == &idr, 0, 0}, {});
  finish(uut);
  CHECK_SIZES(3);
}

BOOST_AUTO_TEST_CASE(a_picture_without_its_first_slices_is_no_start) {
  std::vector<uint8_t> half{0, 0, 1, 0x65, 0x48}, whole{0, 0, 1, 0x65, 0x88};
  segmenter uut{"s", limits};
  codec_parameters codec;
  codec.codec = "h264";
  uut.restart(codec, 0);
  for (auto* x : {&half, &half, &whole})
    uut.push({x->data(), x->size(), true, 0, 0}, {});
  finish(uut);
  CHECK_SIZES(1);
  BOOST_TEST(uut.discarded() == 1u);
}

BOOST_AUTO_TEST_CASE(the_first_picture_of_a_live_stream_gets_a_time) {
  limits.live = true;
  segmenter uut{"s", limits};
  codec_parameters codec;
  codec.fps = 25;
  uut.restart(codec, 0);
  uut.push({byte.data(), 1, true, no_time, no_time}, {});
  uut.push({byte.data(), 1, false, 1'000'000, 1'000'000}, {});
  finish(uut);
  CHECK_SIZES(2);
  BOOST_TEST(out[0].packets[0].pts_us == 960'000);
  BOOST_TEST(uut.discarded() == 0u);
}

BOOST_AUTO_TEST_CASE(times_that_stand_still_do_not_grow_a_segment_for_ever) {
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  for (int i = 0; i < 100; ++i)
    if (auto x = uut.push({byte.data(), 1, i % 10 == 0, 7, 7}, {}))
      out.push_back(std::move(*x));
  finish(uut);
  // Pictures without usable times count as 40 ms each: 30 to a second's cut.
  CHECK_SIZES(30, 30, 30, 10);
}

BOOST_AUTO_TEST_CASE(a_jump_is_said_with_the_next_segment) {
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  push(uut, "IppIp");
  pushed -= 25 * 3600; // the clock is set back by an hour
  next -= 25 * 3600;
  push(uut, "ppIp");
  finish(uut);
  CHECK_SIZES(7, 2);
  BOOST_TEST(!out[0].discontinuity);
  BOOST_TEST(out[1].discontinuity);
  BOOST_TEST(out[1].connected);
  BOOST_TEST(out[1].first_frame == 7u);
}

BOOST_AUTO_TEST_CASE(a_gap_that_was_waited_for_is_no_jump) {
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  auto arrived = caf::timestamp{1h};
  for (auto t : {0s, 100s, 200s}) {
    auto us = std::chrono::microseconds{t}.count();
    if (auto x = uut.push({byte.data(), 1, true, us, us}, arrived + t))
      out.push_back(std::move(*x));
  }
  finish(uut);
  CHECK_SIZES(1, 1, 1);
  BOOST_TEST(!out[2].discontinuity);
}

BOOST_AUTO_TEST_CASE(new_parameters_at_a_key_picture_begin_a_segment) {
  segmenter uut{"s", limits};
  codec_parameters before, after;
  before.codec = after.codec = "mpeg4";
  after.extradata = blob{{1, 2}};
  uut.restart(before, 0);
  push(uut, "Ip");
  packet_view x{byte.data(), 1, true, 80'000, 80'000};
  x.changed = &after;
  if (auto part = uut.push(x, {}))
    out.push_back(std::move(*part));
  finish(uut);
  CHECK_SIZES(2, 1);
  BOOST_TEST(out[0].codec.extradata.empty());
  BOOST_TEST(out[1].codec.extradata.size() == 2u);
  BOOST_TEST(out[1].number == 2u);
}

BOOST_AUTO_TEST_CASE(hidden_pictures_travel_and_are_not_counted) {
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  for (int i = 0; i < 5; ++i) {
    packet_view x{byte.data(), 1, i == 0, i * frame_us, i * frame_us};
    x.hidden = i < 2;
    uut.push(x, {});
  }
  finish(uut);
  CHECK_SIZES(5);
  BOOST_TEST(frames_in(out[0]) == 3u);
  BOOST_TEST(uut.next_frame() == 3u);
}

BOOST_AUTO_TEST_CASE(a_part_is_bounded_in_packets_and_bytes) {
  limits.max_packets = 4;
  limits.part_time = 1h;
  segmenter uut{"s", limits};
  uut.restart({}, 0);
  push(uut, "Ippppppppp");
  finish(uut);
  CHECK_SIZES(4, 4, 2);
}

BOOST_AUTO_TEST_CASE(keyframes_are_counted_by_number) {
  segment x;
  x.first_frame = 14;
  x.packets.resize(17); // 14 to 30: 15 and 30
  BOOST_TEST(keyframes_in(x, 15) == 2u);
  x.first_frame = 0;
  x.packets.resize(1);
  BOOST_TEST(keyframes_in(x, 15) == 1u);
  x.first_frame = 1;
  BOOST_TEST(keyframes_in(x, 15) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
