#pragma once

#include <cstdint>
#include <string>

namespace vpaas::test {

/// A valid input, put together by a seed from container, codec, frame
/// structure, time stamps and cuts.
struct oddity {
  std::string path;
  std::string what;     ///< in words
  std::string format;   ///< of its pixels
  bool guessed = false; ///< times are guesses on both sides
};

/// Makes the file of this seed; throws where ffmpeg refuses to.
oddity make_oddity(uint64_t seed);

/// Compares it with ffmpeg's own decoding: the same pictures, the same times,
/// every frame answered for. @returns what differs; empty where nothing does
std::string compare(const oddity& x);

} // namespace vpaas::test
