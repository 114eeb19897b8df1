#pragma once

#include "messages/protocol.hpp"
#include "runtime/media/mp4.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <memory>

namespace vpaas {

/// The function `renderer`: frames with what was found on them in, pictures for
/// people out: a JPEG each, and an annotated MP4 of the run where a file is
/// named. Depends on nobody; blocks: spawn it detached.
function_spec renderer_spec();

/// What it answers to `status`. `time` is that of one picture.
struct renderer_status {
  uint64_t pictures = 0; ///< made, since the start
  uint64_t bytes = 0;    ///< of JPEG
  uint64_t in_file = 0;  ///< frames that were written to the MP4
  uint64_t failed = 0;
  latency time;

  static constexpr auto type_name = "renderer_status";

  static constexpr auto fields() {
    using self = renderer_status;
    return std::make_tuple(
      field("pictures", &self::pictures), field("bytes", &self::bytes),
      field("in_file", &self::in_file), field("failed", &self::failed),
      field("time", &self::time));
  }
};

struct renderer_state {
  static inline const char* name = "renderer";

  explicit renderer_state(
    function_actor::stateful_pointer<renderer_state> self);

  caf::result<item> apply(const item& x);

  /// Quality may change at any time; another file begins anew.
  caf::result<document> configure(const document& x);

  status_report status() const;

  caf::expected<picture> render(const scene& x);

  function_actor::stateful_pointer<renderer_state> self;
  document parameters;
  std::unique_ptr<mp4_writer> file; ///< finished with the actor
  histogram time;
  renderer_status counters;
};

/// @pre `parameters` passed `check` against `renderer_spec().parameters`
function_actor::behavior_type
renderer(function_actor::stateful_pointer<renderer_state> self,
         document parameters);

} // namespace vpaas
