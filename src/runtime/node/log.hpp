#pragma once

#include <caf/error.hpp>

#include <cstdint>
#include <string>

namespace vpaas {

/// Where log lines go, and how they look.
struct log_config {
  std::string level = "info";  ///< debug, info, warning or error
  std::string format = "text"; ///< text, or json: one object a line
  std::string file;            ///< appended to; empty: standard error
  std::string node;            ///< named in every line
};

/// Sets up spdlog's default logger, which the whole process uses. Each message
/// is one line without control characters, whatever it quotes.
/// @returns ec::io where the file cannot be opened
caf::error start_log(const log_config& cfg);

enum class log_level : uint8_t { debug, info, warning, error };

/// Writes one line about something that others can cause as often as they like:
/// of one subject at most five in ten seconds, and then how many were left out.
/// Any thread.
void log_line(log_level level, const std::string& subject,
              const std::string& text);

} // namespace vpaas
