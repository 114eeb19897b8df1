#pragma once

#include "runtime/media/segmenter.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace vpaas {

/// How RTSP carries its packets.
enum class rtsp_transport : uint8_t { tcp, udp };

constexpr auto names_of(rtsp_transport) {
  return std::array{"tcp", "udp"};
}

/// A place that video comes from.
struct source_config {
  /// A path, rtsp:// or http:// address, a device such as /dev/video0, or
  /// synthetic://street?seed=7, see runtime/media/synthetic.hpp.
  std::string url;
  /// FFmpeg's name of the input format; empty: found by looking.
  std::string format;
  rtsp_transport transport = rtsp_transport::tcp;
  /// Read a file no faster than it plays.
  bool real_time = false;
  /// Begin a file again at its end; times and numbers go on.
  bool loop = false;
  caf::timespan open_timeout = std::chrono::seconds{10};
  /// A source that sends nothing for so long is an error.
  caf::timespan stall_timeout = std::chrono::seconds{5};
};

/// Set from any thread to make a blocked call of a source return an error.
using cancel_flag = std::shared_ptr<std::atomic<bool>>;

class packet_input;

/// Reads the coded pictures of one video stream; decodes none. All calls
/// block, up to the configured times: use it from a detached actor.
class source {
public:
  /// Opens `config.url`.
  /// @returns ec::io where it cannot be reached, ec::codec where it has no
  ///          video that can be forwarded, ec::cancelled.
  static caf::expected<source> open(source_config config,
                                    cancel_flag cancel = nullptr);

  source(source&&) noexcept;
  source& operator=(source&&) noexcept;
  ~source();

  const codec_parameters& codec() const;

  /// See segment_limits::reorder_depth.
  uint32_t reorder_depth() const;

  /// Whether pictures are lost when nobody reads them.
  bool live() const;

  /// Whether it ends by itself: a file does, in real time or not, unless it is
  /// looped.
  bool finite() const;

  /// Returns the next picture, valid until the next call, or nothing at the
  /// end. @returns ec::io for a stall or a lost connection, ec::cancelled.
  caf::expected<std::optional<packet_view>> read();

private:
  explicit source(std::unique_ptr<packet_input> x);

  std::unique_ptr<packet_input> input_;
};

} // namespace vpaas
