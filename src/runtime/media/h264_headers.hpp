#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace vpaas {

/// What tells the slices of one H.264 picture from those of the next
/// (7.4.1.2.4) and one field from the other.
struct h264_slice {
  bool first = false; ///< holds the first macroblock
  bool known = false; ///< its parameter sets are: what follows is meant
  bool idr = false;
  bool reference = false;
  bool field = false;
  bool bottom = false;
  uint32_t sets = 0;       ///< id of the picture parameter set
  uint32_t frame_num = 0;  ///< 7.4.3
  uint32_t frame_nums = 0; ///< they count up to before this, then from 0
  uint32_t idr_id = 0;
  uint32_t order = 0; ///< pic_order_cnt_lsb; 0 where the type has none

  /// Whether both are slices of one frame or field, `b` behind `a`.
  friend bool same_picture(const h264_slice& a, const h264_slice& b);

  /// Whether `b` is the field that makes a frame of the field `a`.
  friend bool completes(const h264_slice& a, const h264_slice& b);
};

/// Remembers the parameter sets of a stream and reads its slice headers.
class h264_headers {
public:
  /// Takes a NAL unit of type 7 or 8, its header included.
  void take(const uint8_t* nal, size_t size);

  /// Reads a NAL unit of type 1, 2 or 5. @pre `size > 1`
  h264_slice slice(const uint8_t* nal, size_t size) const;

private:
  struct sequence {
    bool known = false;
    bool planes_apart = false;
    bool fields = false; ///< pictures may be fields
    uint8_t frame_num_bits = 0;
    uint8_t order_bits = 0; ///< 0: the stream has no pic_order_cnt_lsb
  };

  void take_sequence(const uint8_t* nal, size_t size);

  std::array<sequence, 32> sequences_;
  std::array<int16_t, 256> sequence_of_ = none();

  static std::array<int16_t, 256> none() {
    std::array<int16_t, 256> result{};
    result.fill(-1);
    return result;
  }
};

/// The recovery_frame_cnt of an H.264 SEI unit (D.1.8), or recovery_poc_cnt of
/// an HEVC one (D.2.8), if it holds a recovery point.
/// @param data behind the NAL unit's header
std::optional<int32_t> recovery_point(const uint8_t* data, size_t size,
                                      bool hevc);

} // namespace vpaas
