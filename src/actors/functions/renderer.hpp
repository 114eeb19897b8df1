#pragma once

#include "actors/function.hpp"
#include "messages/protocol.hpp"
#include "runtime/media/mp4.hpp"
#include "runtime/metrics/histogram.hpp"

#include <caf/all.hpp>

#include <memory>
#include <string>

namespace vpaas {

/// What it answers to `status`. `time` is that of one picture.
struct renderer_status {
  uint64_t pictures = 0; ///< made, since the start
  uint64_t bytes = 0;    ///< of JPEG
  uint64_t in_file = 0;  ///< frames that were written to the MP4
  uint64_t failed = 0;
  latency time;
  std::string last_problem;

  static constexpr auto type_name = "renderer_status";

  static constexpr auto fields() {
    using self = renderer_status;
    return std::make_tuple(
      field("pictures", &self::pictures), field("bytes", &self::bytes),
      field("in_file", &self::in_file), field("failed", &self::failed),
      field("time", &self::time), field("last_problem", &self::last_problem));
  }
};

/// The function `renderer`: frames with what was found on them in, pictures for
/// people out: a JPEG each, and an annotated MP4 of the run where a file is
/// named. Depends on nobody; blocks: spawn it detached.
class renderer_function {
public:
  static constexpr auto name = "renderer";
  static constexpr auto verb = "draw";

  static function_spec spec();

  renderer_function(caf::scheduled_actor* self, const document& parameters);

  static bool takes(const item& x) {
    return x.value.get<scene>() != nullptr;
  }

  caf::expected<item> apply(const item& x, const document& how);

  /// Quality may change at any time; another file begins anew.
  caf::error configure(const document& from, const document& to);

  renderer_status status() const;

  renderer_status counters;

private:
  std::unique_ptr<mp4_writer> file_; ///< finished with the actor
  histogram time_;
};

} // namespace vpaas
