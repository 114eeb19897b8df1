#pragma once

#include "runtime/media/chunk.hpp"
#include "runtime/media/frame.hpp"
#include "runtime/vision/box.hpp"

#include <memory>

namespace vpaas {

/// How poor a copy is.
struct encoder_config {
  int qp = 36;    ///< constant quantiser, 0 to 51 (VI-B, first round)
  float crf = -1; ///< constant quality instead of `qp`, 0 to 51; off below 0
  float scale = 0.8f; ///< of width and height, 0.05 to 1 (VI-B)
  /// x264's name for how long it searches; hardware ignores it.
  std::string preset = "veryfast";
  /// x264 codes intra frames about three steps finer than `qp`, which then is
  /// the quantiser of the others only. True makes `qp` hold for all.
  bool flat_qp = false;
  int threads = 1;
  /// "auto" is best_encoder(); else FFmpeg's name of an encoder.
  std::string backend = "libx264";

  static constexpr auto type_name = "encoder_config";

  static constexpr auto fields() {
    using self = encoder_config;
    return std::make_tuple(
      field("qp", &self::qp), field("crf", &self::crf),
      field("scale", &self::scale), field("preset", &self::preset),
      field("flat_qp", &self::flat_qp), field("threads", &self::threads),
      field("backend", &self::backend));
  }

  caf::error validate() const;
};

/// A part of the picture that deserves more or fewer bits.
struct region_of_interest {
  box where;
  float offset = 0; ///< of the quantiser, -1 (finest) to 1 (coarsest)
};

/// Makes the chunks of one stream, one keyframe in, one part out at once.
/// Blocks for the time of encoding: use it from a detached actor.
class encoder {
public:
  explicit encoder(encoder_config config);
  encoder(encoder&&) noexcept;
  encoder& operator=(encoder&&) noexcept;
  ~encoder();

  /// Starts chunk `seq`: the next frame becomes its IDR. `config` holds from
  /// here on.
  void begin(std::string stream, uint64_t seq, const encoder_config& config);

  /// Starts chunk `seq` under the configuration of the last one.
  void begin(std::string stream, uint64_t seq);

  /// Whether `x` may join the running chunk: it has the size of the others.
  bool fits(const frame& x) const;

  /// Encodes the next keyframe of the running chunk.
  /// @param regions most important first; they need `crf`, since a constant
  ///        quantiser is constant.
  /// @returns a part whose `last` the caller decides; ec::bad_config,
  ///          ec::bad_input where `x` does not fit, ec::codec.
  caf::expected<chunk> add(const frame& x,
                           const std::vector<region_of_interest>& regions = {});

  /// FFmpeg's name of the encoder in use; empty before the first frame.
  const std::string& backend() const;

private:
  struct impl;

  caf::expected<chunk> try_add(const frame& x,
                               const std::vector<region_of_interest>& regions);

  std::unique_ptr<impl> impl_;
};

/// Returns the size of a coded side: even, at least 16 pixels.
int scaled_side(int pixels, float scale);

} // namespace vpaas
