#pragma once

#include "runtime/media/segmenter.hpp"
#include "runtime/media/trouble.hpp"
#include "runtime/source_address.hpp"

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vpaas {

/// How RTSP carries its packets.
enum class rtsp_transport : uint8_t { tcp, udp };

constexpr auto names_of(rtsp_transport) {
  return std::array{"tcp", "udp"};
}

/// A place that video comes from.
struct source_config {
  /// A path, an address such as rtsp:// or http://, see `address_schemes`, a
  /// device such as /dev/video0, or synthetic://street?seed=7, see
  /// runtime/media/synthetic.hpp.
  source_address url;
  /// FFmpeg's name of the input format; empty: found by looking.
  std::string format;
  rtsp_transport transport = rtsp_transport::tcp;
  /// Read a file no faster than it plays.
  bool real_time = false;
  /// Begin a file again at its end; times and numbers go on.
  bool loop = false;
  caf::timespan open_timeout = std::chrono::seconds{10};
  /// A source that sends nothing for so long is an error; longer where its own
  /// pace is slower, and until that is known.
  caf::timespan stall_timeout = std::chrono::seconds{5};
  /// The longest wait for a picture that is usual for it, if that is known.
  caf::timespan usual_wait{0};
};

/// Schemes of addresses that can be opened, beside synthetic://.
std::vector<std::string> address_schemes();

/// Set from any thread to make a blocked call of a source return an error.
using cancel_flag = std::shared_ptr<std::atomic<bool>>;

class packet_input;

class pace;

struct stream_details;

/// A look at a source: a picture, the end, or neither where a picture's time
/// has not come.
struct source_reading {
  std::optional<packet_view> picture;
  bool ended = false;
};

/// Reads the coded pictures of one video stream; decodes none. All calls
/// block, up to the configured times: use it from a detached actor.
class source {
public:
  /// Opens `config.url`.
  /// @returns ec::io where it cannot be reached, ec::codec where it has no
  ///          video that can be forwarded, ec::bad_config where the address
  ///          cannot be one, ec::cancelled.
  static caf::expected<source> open(source_config config,
                                    cancel_flag cancel = nullptr);

  source(source&&) noexcept;
  source& operator=(source&&) noexcept;
  ~source();

  const codec_parameters& codec() const;

  /// For `packet_recorder`; null where there is no more than `codec()`.
  std::shared_ptr<const stream_details> details() const;

  /// See segment_limits::reorder_depth.
  uint32_t reorder_depth() const;

  /// Whether pictures are lost when nobody reads them.
  bool live() const;

  /// Whether it ends by itself: a file does, in real time or not, unless it is
  /// looped.
  bool finite() const;

  /// How long a read may take before it fails: what the source's own pace asks
  /// for.
  caf::timespan patience() const;

  /// Returns the next picture, valid until the next call, or nothing at the
  /// end. @returns ec::io for a stall or a lost connection, ec::cancelled.
  caf::expected<std::optional<packet_view>> read();

  /// The same, but waits at most so long for a picture's time.
  caf::expected<source_reading> read_for(caf::timespan at_most);

private:
  source(std::unique_ptr<packet_input> x, cancel_flag cancel);

  std::unique_ptr<packet_input> input_;
  std::unique_ptr<pace> pace_;
  std::optional<packet_view> held_; ///< its time has not come
  cancel_flag cancel_;
};

} // namespace vpaas
