#pragma once

#include "runtime/media/segment.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// What a browser gets of one part of a stream.
struct video_fragment {
  std::string type; ///< "video/mp4; codecs=..."; where it or `header` is new
  blob header;      ///< what a player must know first; empty: as before
  blob bytes;       ///< pictures as fragmented MP4; empty: none are whole
  struct picture {
    uint64_t frame = 0;  ///< its number in the stream
    int64_t time_us = 0; ///< when it is shown, from the first one on
    caf::timestamp captured;
  };
  std::vector<picture> pictures; ///< in the order of display
};

/// Turns what a camera sends into fragmented MP4 for browsers, part by part.
/// Nothing is coded anew. Times go on evenly where those of the source jump.
/// One a viewer; blocks for no longer than copying takes.
class fragmenter {
public:
  fragmenter();
  fragmenter(fragmenter&&) noexcept;
  fragmenter& operator=(fragmenter&&) noexcept;
  ~fragmenter();

  /// @pre the first part begins with an intra picture; parts that are left out
  ///      end with one
  /// @returns ec::codec where MP4 cannot hold it: show single pictures
  caf::expected<video_fragment> add(const segment& x);

private:
  struct muxer;

  std::unique_ptr<muxer> muxer_;
};

/// What MediaSource calls a codec: "avc1.64001f"; empty where it has no word
/// for it. @param sets the parameter sets, as avcC, hvcC or with start codes
std::string codec_string(const std::string& codec, const uint8_t* sets,
                         size_t size);

} // namespace vpaas
