#pragma once

#include "runtime/media/h264_headers.hpp"
#include "runtime/media/segment.hpp"

#include <cstddef>
#include <cstdint>

namespace vpaas {

/// What the headers of one packet say about its picture and its neighbours.
struct packet_facts {
  /// No later picture is predicted from it: leaving it out changes no other
  /// pixel.
  bool droppable = false;
  /// No later picture is predicted from anything before it.
  bool clean_start = false;
  /// Decoding may start here, although pictures that are shown before it may
  /// need others: intra frames of open GOPs, CRA, recovery points.
  bool start = false;
  /// What is shown from this picture on is whole wherever decoding began, at
  /// the last `start` or before. The same picture as the start's, or, where the
  /// intra refresh is gradual, a later one.
  bool recovered = false;
  /// More slices, or the second field, of the picture before it.
  bool continues = false;
  /// No picture: parameter sets and the like, for the next one.
  bool empty = false;
  /// The picture's first slices are missing.
  bool headless = false;
  /// It is decoded and never comes out.
  bool hidden = false;
  /// It is predicted from pictures before the last `start`, too.
  bool leading = false;
};

/// Reads packet headers of one stream, in its order, so that a decoder need
/// not. H.264: slice headers (7.3.3), nal_ref_idc (7.4.1), IDR, recovery points
/// (D.2.8). HEVC: sub-layer non-reference pictures (7.4.2.2) of the highest
/// sub-layer, IDR, BLA, CRA, recovery points. VP8, VP9, AV1: key frames
/// reset all references and contexts; their other frames may carry contexts
/// forward even where they are not shown, so none is droppable. Codecs of
/// intra frames only: everything is both. MPEG-1 and MPEG-2: intra frames of
/// closed groups (closed_gop, 6.3.8) are clean starts. Of other codecs only the
/// container's mark of key frames is known.
class bitstream_rules {
public:
  bitstream_rules() = default;

  explicit bitstream_rules(const codec_parameters& codec);

  packet_facts look(const uint8_t* data, size_t size, bool key);

  /// Whether `leading` is known; else only times tell.
  bool names_leading() const {
    return family_ == family::hevc;
  }

  /// Whether packets come in NAL units.
  bool has_units() const {
    return family_ == family::h264 || family_ == family::hevc;
  }

  /// Bytes of the length before each NAL unit; 0: start codes.
  size_t length_size() const {
    return length_size_;
  }

private:
  enum class family {
    unknown,
    intra_only,
    h264,
    hevc,
    mpeg2, ///< and MPEG-1
    vp8,
    vp9,
    av1,
  };

  packet_facts look_h264(const uint8_t* data, size_t size, bool key);
  packet_facts look_hevc(const uint8_t* data, size_t size);
  void take_slice(const h264_slice& x, bool first, packet_facts& result);
  void recover_h264(const h264_slice& x, packet_facts& result);
  void recover_hevc(bool random_access, packet_facts& result);
  void take_sets(const blob& extradata);

  family family_ = family::unknown;
  size_t length_size_ = 0;
  int sub_layers_ = 0; ///< of the last HEVC SPS; 0: not seen yet
  h264_headers headers_;
  h264_slice last_;          ///< of the last picture
  bool any_ = false;         ///< there was one
  bool half_ = false;        ///< it is one field so far
  int32_t announced_ = -1;   ///< recovery distance that the packet states
  int64_t recovers_at_ = -1; ///< H.264: frame_num; HEVC: pictures to go
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

/// Calls `f(pointer, size)` for each parameter set in the extradata of H.264 or
/// HEVC, in the form of a container (ISO/IEC 14496-15) or of Annex B.
template <class F>
void for_each_set(const blob& extradata, bool hevc, F f) {
  auto* p = extradata.data();
  auto n = extradata.size();
  auto header = size_t{hevc ? 23u : 6u};
  if (n < 4 || (p[0] == 0 && p[1] == 0 && (p[2] == 1 || p[2] == 0)))
    return for_each_nal(p, n, 0, f);
  if (n < header)
    return;
  size_t at = hevc ? 22 : 5;
  auto units = [&](size_t count) {
    for (; count > 0 && at + 2 <= n; --count) {
      auto length = static_cast<size_t>(p[at] << 8 | p[at + 1]);
      at += 2;
      if (length > n - at)
        return;
      if (length > 0)
        f(p + at, length);
      at += length;
    }
  };
  if (!hevc) {
    units(p[at++] & 31u);
    if (at < n)
      units(p[at++]);
    return;
  }
  for (auto arrays = p[at++]; arrays > 0 && at + 3 <= n; --arrays) {
    ++at; // type
    auto count = static_cast<size_t>(p[at] << 8 | p[at + 1]);
    at += 2;
    units(count);
  }
}

} // namespace vpaas
