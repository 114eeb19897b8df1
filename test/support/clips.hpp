#pragma once

#include "runtime/media/segment.hpp"
#include "runtime/media/source.hpp"

#include <string>
#include <vector>

namespace vpaas::test {

/// Runs a command in the shell and returns its standard output; throws where
/// it fails.
std::vector<uint8_t> output_of(const std::string& command);

/// Runs `ffmpeg -y -nostdin -v error ARGUMENTS` as `output_of`.
std::vector<uint8_t> ffmpeg(const std::string& arguments);

/// Makes a moving test picture with noise, in a file of the folder of this
/// test program, once for each set of arguments. @returns its path
std::string clip(const std::string& name, const std::string& size,
                 const std::string& rate, const std::string& encoding,
                 int frames = 60);

/// Returns the path of a clip under ../shared/videos, or prints that it is
/// absent and returns nothing.
std::string shared_clip(const std::string& name);

/// Reads a whole source into segments.
std::vector<segment> segments_of(const source_config& config,
                                 segment_limits limits = {});

std::vector<segment> segments_of(const std::string& path);

/// All frames of a file, decoded by the ffmpeg program, one after the other.
/// @param format FFmpeg's name of the pixel format
std::vector<uint8_t> reference_pixels(const std::string& path,
                                      const std::string& format = "yuv420p");

} // namespace vpaas::test
