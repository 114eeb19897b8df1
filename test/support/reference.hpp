#pragma once

#include "runtime/media/decoder.hpp"
#include "runtime/media/source.hpp"

#include <string>
#include <vector>

namespace vpaas::test {

/// A frame as somebody shows it.
struct shown_frame {
  int64_t us = no_time; ///< when
  size_t bytes = 0;     ///< of its planes, which says how large it is
  uint32_t sum = 0;     ///< Adler-32 of its planes, from 0
};

/// What became of a source.
struct showing {
  std::vector<shown_frame> frames;
  uint64_t due = 0;     ///< frames that were announced
  uint64_t lost = 0;    ///< of those, named as lost
  uint64_t damaged = 0; ///< of those that came, marked
  std::string problem;  ///< the first one
};

/// All frames of `path` by the ffmpeg program: as it turns them, at the times
/// that it gives them. @param format of its pixels
/// @param before options in front of -i
std::vector<shown_frame> reference_frames(const std::string& path,
                                          const std::string& format = "yuv420p",
                                          const std::string& before = "");

/// The same by source, segmenter and decoder.
showing our_frames(const source_config& config,
                   decoder_config how = {1, 1, false},
                   segment_limits limits = {});

showing our_frames(const std::string& path);

shown_frame shown(const frame& x);

/// Names the first differences; empty where there are none. Times are equal
/// where they are less than a microsecond and a half apart.
std::string difference(const showing& ours,
                       const std::vector<shown_frame>& reference);

} // namespace vpaas::test
