#pragma once

#include "runtime/result.hpp"

#include <caf/error.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// A result as JSON in one line, without its end; bytes of names that are not
/// UTF-8 are replaced.
std::string to_line(const frame_result& x);

/// A file of lines that others may read while it grows, and move away: it is
/// made anew then. Each call blocks.
class lines_file {
public:
  explicit lines_file(std::string path);

  lines_file(const lines_file&) = delete;

  lines_file& operator=(const lines_file&) = delete;

  ~lines_file();

  /// Appends all of `xs`, or nothing where it errs: a line is never cut off.
  /// @returns ec::io
  caf::error append(const std::vector<frame_result>& xs);

private:
  caf::error open();

  void close();

  std::string path_;
  int file_ = -1;
};

} // namespace vpaas
