#pragma once

#include "runtime/media/source.hpp"

#include <chrono>
#include <memory>

namespace vpaas {

/// What stands behind a source: one class a kind of place that video comes
/// from. The functions are those of `source`.
class packet_input {
public:
  virtual ~packet_input() = default;

  virtual const codec_parameters& codec() const = 0;

  virtual uint32_t reorder_depth() const = 0;

  virtual bool live() const = 0;

  virtual bool finite() const = 0;

  virtual caf::expected<std::optional<packet_view>> read() = 0;
};

/// Holds back what is read before its time has come.
class pace {
public:
  /// Sleeps until `time_us` after the first call's; at once when `cancel` is
  /// set.
  void wait(int64_t time_us, const cancel_flag& cancel);

private:
  int64_t from_us_ = no_time;
  std::chrono::steady_clock::time_point start_;
};

} // namespace vpaas
