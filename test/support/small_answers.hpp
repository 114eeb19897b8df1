#pragma once

#include "messages/protocol.hpp"
#include "runtime/media/frame.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace vpaas::test {

/// The smallest picture that passes for a keyframe.
inline frame grey(uint64_t number) {
  static const std::vector<uint8_t> pixels(16 * 16, 128);
  frame_info info;
  info.number = number;
  info.captured = caf::make_timestamp();
  auto at = [](int side) { return plane{pixels.data(), side, side, side}; };
  auto result = frame::copy({at(16), at(8), at(8)}, info);
  BOOST_REQUIRE(result);
  return *result;
}

/// What a backup detector answers: a dog, and one that is too unsure.
inline item found_by_backup(uint64_t number) {
  detections out;
  out.labels = {"dog"};
  out.frames.push_back(
    {number, {{{0, 0, 1, 1}, 0, .6f, .6f}, {{0, 0, 1, 1}, 0, .4f, .4f}}});
  return make_item("s", number, std::move(out));
}

} // namespace vpaas::test
