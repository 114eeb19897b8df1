#pragma once

#include <caf/error.hpp>

#include <string>

namespace vpaas {

/// Where log lines go, and how they look.
struct log_config {
  std::string level = "info";  ///< debug, info, warning or error
  std::string format = "text"; ///< text, or json: one object a line
  std::string file;            ///< appended to; empty: standard error
  std::string node;            ///< named in every line
};

/// Sets up spdlog's default logger, which the whole process uses.
/// @returns ec::io where the file cannot be opened
caf::error start_log(const log_config& cfg);

} // namespace vpaas
