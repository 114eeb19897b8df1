#pragma once

#include "runtime/media/segment.hpp"

#include <cstddef>
#include <cstdint>

namespace vpaas {

/// What the headers of one packet say about its neighbours.
struct packet_facts {
  /// No later picture is predicted from it: leaving it out changes no other
  /// pixel.
  bool droppable = false;
  /// No later picture is predicted from anything before it.
  bool clean_start = false;
};

/// Reads packet headers of one stream, so that a decoder need not.
/// H.264: nal_ref_idc (7.4.1) and IDR. HEVC: sub-layer non-reference pictures
/// (7.4.2.2) of the highest sub-layer, IDR and BLA. VP8, VP9, AV1: key frames
/// reset all references and contexts; their other frames may carry contexts
/// forward even where they are not shown, so none is droppable. Codecs of
/// intra frames only: everything is both. Other codecs: nothing is known.
class bitstream_rules {
public:
  bitstream_rules() = default;

  explicit bitstream_rules(const codec_parameters& codec);

  packet_facts look(const uint8_t* data, size_t size, bool key);

private:
  enum class family { unknown, intra_only, h264, hevc, reset_by_key };

  packet_facts look_h264(const uint8_t* data, size_t size) const;
  packet_facts look_hevc(const uint8_t* data, size_t size);

  family family_ = family::unknown;
  size_t length_size_ = 0; ///< bytes of a NAL unit's length; 0: Annex B
  int sub_layers_ = 0;     ///< of the last SPS; 0: not seen yet
};

/// Calls `f(pointer, size)` for each NAL unit, start code or length excluded.
/// @param length_size bytes of the length before each unit, 0 for Annex B.
template <class F>
void for_each_nal(const uint8_t* data, size_t size, size_t length_size, F f) {
  if (length_size > 0) {
    while (size > length_size) {
      size_t length = 0;
      for (size_t i = 0; i < length_size; ++i)
        length = length << 8 | data[i];
      data += length_size;
      size -= length_size;
      if (length > size)
        return; // damaged: the rest belongs to nobody
      if (length > 0)
        f(data, length);
      data += length;
      size -= length;
    }
    return;
  }
  auto* end = data + size;
  const uint8_t* unit = nullptr;
  for (auto* p = data; end - p >= 3; ++p) {
    if (p[0] != 0 || p[1] != 0 || p[2] != 1)
      continue;
    if (unit && p > unit)
      f(unit, static_cast<size_t>(p - unit));
    unit = p + 3;
    p += 2;
  }
  if (unit && end > unit)
    f(unit, static_cast<size_t>(end - unit));
}

} // namespace vpaas
