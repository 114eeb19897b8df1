#pragma once

#include <cstdint>
#include <string>

namespace vpaas::test {

/// A valid input, put together by a seed from container, codec, frame
/// structure, time stamps, changes in mid-stream and cuts.
struct oddity {
  std::string path;
  std::string what;     ///< in words
  std::string format;   ///< of its pixels
  bool guessed = false; ///< times are guesses on both sides
  /// ffmpeg shows what an edit list hides: its decoder of AV1 (libdav1d) passes
  /// over the mark of such packets.
  bool shows_hidden = false;
};

/// Makes the file of this seed; throws where ffmpeg refuses to.
oddity make_oddity(uint64_t seed);

/// Compares it with ffmpeg's own decoding: the same pictures, the same times,
/// every frame answered for. @returns what differs; empty where nothing does
std::string compare(const oddity& x);

} // namespace vpaas::test
