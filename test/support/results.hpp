#pragma once

#include "runtime/result.hpp"

#include <string>
#include <vector>

namespace vpaas::test {

/// A result with something in every field.
inline frame_result result_of(std::string stream, uint64_t frame,
                              uint32_t revision = 0) {
  frame_result x;
  x.stream = std::move(stream);
  x.frame = frame;
  x.pts_us = static_cast<int64_t>(frame) * 40'000;
  x.captured = caf::timestamp{
    caf::timespan{1'600'000'000'000'000'001 + static_cast<int64_t>(frame)}};
  x.answered = x.captured + std::chrono::milliseconds(300);
  x.processing = std::chrono::microseconds(1234);
  x.chunk = frame / 15 * 15;
  x.pipeline = "high_low";
  x.located = named_by::backup;
  x.regions = 2;
  x.revision = revision;
  x.damaged = frame % 2 == 1;
  x.objects = {{{.25f, .5f, .375f, .75f}, "car", .9f, named_by::cloud},
               {{0, 0, .1f, .1f}, "person", .5f, named_by::fog}};
  return x;
}

inline std::vector<frame_result> results_of(const std::string& stream,
                                            uint64_t first, uint64_t n) {
  std::vector<frame_result> xs;
  for (auto i = first; i < first + n; ++i)
    xs.push_back(result_of(stream, i));
  return xs;
}

} // namespace vpaas::test
