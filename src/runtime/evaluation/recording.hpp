#pragma once

#include "runtime/media/frame.hpp"
#include "runtime/media/source.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace vpaas {

/// The compressed pictures of a source, kept so that several systems can be
/// compared on the same ones.
struct recording {
  std::vector<segment> segments;

  uint64_t frames() const;
};

/// Reads a source to its end, or to `max_frames`. Blocks.
/// @returns ec::io, ec::codec as `source`; ec::bad_input where it has no frame
caf::expected<recording> record(const source_config& from,
                                uint64_t max_frames = 1 << 20);

/// Which keyframes of a recording are meant.
struct keyframe_range {
  uint64_t every = 15; ///< 1 of so many frames is a keyframe [VI-B]
  double from = 0;     ///< share of the keyframes that are left out before
  double to = 1;       ///< and where they end, in (from, 1]
  bool whole = true;   ///< a keyframe that does not come is an error

  /// Indices of the first keyframe and of the one behind the last, of a
  /// recording of `frames` frames.
  std::pair<uint64_t, uint64_t> indices(uint64_t frames) const;
};

/// The source's own compressed bytes for the time that the keyframes stand for.
uint64_t original_bytes(const recording& x, const keyframe_range& range);

/// Decodes the recording and shows its keyframes in order, until `show` returns
/// an error.
/// @returns that error, or ec::codec where a keyframe could not be decoded
caf::error show_keyframes(const recording& x, const keyframe_range& range,
                          const std::function<caf::error(const frame&)>& show);

} // namespace vpaas
