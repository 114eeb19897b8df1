#pragma once

#include "runtime/media/source.hpp"

namespace vpaas {

/// How FFmpeg is to open an address.
struct source_place {
  std::string url;     ///< as FFmpeg wants it
  std::string allowed; ///< its protocols, separated by commas
  bool live = false;   ///< sends by itself
  bool http = false;   ///< sends by itself or not, as will turn out
  bool rtsp = false;
};

bool is_device(const source_config& config);

/// @returns ec::bad_config for a scheme that is not in `address_schemes`
caf::expected<source_place> place_of(const source_config& config);

/// The reading end of a pipe in the file system, closed with its scope.
class named_pipe {
public:
  named_pipe() = default;
  named_pipe(const named_pipe&) = delete;
  named_pipe& operator=(const named_pipe&) = delete;
  ~named_pipe();

  static bool is_at(const std::string& path);

  /// Waits until somebody writes. @returns ec::io after `at_most`,
  /// ec::cancelled
  caf::error open(const std::string& path, caf::timespan at_most,
                  const cancel_flag& cancel);

  int descriptor() const {
    return fd_;
  }

private:
  int fd_ = -1;
};

} // namespace vpaas
