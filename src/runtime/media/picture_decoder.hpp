#pragma once

#include "runtime/media/av.hpp"
#include "runtime/media/frame_pool.hpp"
#include "runtime/media/orientation.hpp"
#include "runtime/media/segment.hpp"

#include <optional>

namespace vpaas {

/// Coded pictures in, pictures out: FFmpeg's decoder and the way from
/// whatever it yields to an upright frame. Knows nothing of keyframes.
class picture_decoder {
public:
  /// @param threads of FFmpeg; 1 adds no delay.
  /// @returns ec::codec where FFmpeg has no decoder for it.
  static caf::expected<picture_decoder> open(const codec_parameters& codec,
                                             int threads);

  /// Names what is decoded from now on, for errors.
  void name(std::string subject) {
    subject_ = std::move(subject);
  }

  const std::string& name() const {
    return subject_;
  }

  /// Takes one picture; `id` comes back from `receive`. An error concerns
  /// this picture only. @pre `receive` returned nothing since the last call
  /// @param dts_us see `dts_of`
  caf::error send(const uint8_t* data, size_t size, int64_t id,
                  int64_t dts_us = no_time);

  /// Says that no more will be sent until `reset`.
  void drain();

  /// Makes a drained decoder ready for an intra frame.
  void reset();

  /// Returns the next picture in display order, if there is one. The picture
  /// is FFmpeg's: `id_of` tells which, `convert` makes a frame of it.
  caf::expected<std::optional<av::frame_ptr>> receive();

  static int64_t id_of(const AVFrame& x) {
    return x.pts;
  }

  /// The decoding time of the picture that went in when this one came out.
  static int64_t dts_of(const AVFrame& x) {
    return x.pkt_dts;
  }

  static bool damaged(const AVFrame& x);

  /// Makes `x` upright YUV 4:2:0 and fills in its colour; without a copy where
  /// it already is.
  caf::expected<frame> convert(av::frame_ptr x, frame_info info);

private:
  static caf::expected<picture_decoder> try_open(const codec_parameters& codec,
                                                 int threads);
  color_space color_of(const AVFrame& x) const;
  caf::expected<av::frame_ptr> to_yuv420(const AVFrame& x);
  void look_for_orientation(const AVFrame& x);
  caf::expected<av::frame_ptr> turned(const AVFrame& x, const orientation& how);

  std::string subject_ = "a picture";
  codec_parameters codec_;
  av::codec_ptr context_;
  av::packet_ptr packet_ = av::make_packet();
  av::frame_ptr spare_ = av::make_frame();
  av::scaler_ptr scaler_;
  frame_pool pool_;
  orientation orientation_; ///< what was said last
};

} // namespace vpaas
