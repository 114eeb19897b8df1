#pragma once

#include "support/sanitized.hpp"

#include <fstream>

namespace vpaas::test {

/// Resident memory of this process, in MB.
inline double resident_mb() {
  std::ifstream in{"/proc/self/statm"};
  long size = 0, resident = 0;
  in >> size >> resident;
  return static_cast<double>(resident) * 4096 / 1e6;
}

/// A sanitizer ends a process at a limit of its memory, before the process
/// itself can say so.
constexpr bool limits_can_be_survived = !sanitized;

/// What a test may see it grow by, in MB: a sanitizer keeps a shadow, and
/// AddressSanitizer what was freed in a quarantine of 256 MB.
constexpr double allowed_growth_mb(double mb) {
  return limits_can_be_survived ? mb : mb + 560;
}

} // namespace vpaas::test
