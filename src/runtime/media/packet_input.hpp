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

  virtual std::shared_ptr<const stream_details> details() const {
    return nullptr;
  }

  virtual uint32_t reorder_depth() const = 0;

  virtual bool live() const = 0;

  virtual bool finite() const = 0;

  /// Whether packets are to be held back until their time has come.
  virtual bool paced() const = 0;

  /// Longer without a packet is a failure.
  virtual caf::timespan patience() const = 0;

  virtual caf::expected<std::optional<packet_view>> read() = 0;
};

/// Holds back what is read before its time has come.
class pace {
public:
  /// Sleeps until `time_us` after the first call's, at most `at_most`; not at
  /// all when `cancel` is set. Times that go back do not hold anything back.
  /// @returns whether the time has come
  bool wait(int64_t time_us, const cancel_flag& cancel, caf::timespan at_most);

private:
  int64_t from_us_ = no_time;
  int64_t last_us_ = no_time;
  std::chrono::steady_clock::time_point start_;
};

} // namespace vpaas
