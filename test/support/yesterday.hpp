#pragma once

#include "support/temp_dir.hpp"

#include <filesystem>
#include <string>

namespace vpaas::test {

/// Copies what an earlier version left, see test/stores_of_yesterday/README.md.
/// @param name "ledger.db" or "spool"
/// @returns where the copy is
inline std::string yesterday(const temp_dir& dir, const std::string& name) {
  namespace fs = std::filesystem;
  auto to = dir.path(name);
  fs::copy("test/stores_of_yesterday/" + name, to, fs::copy_options::recursive);
  return to;
}

} // namespace vpaas::test
