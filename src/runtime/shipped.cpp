#include "runtime/shipped.hpp"

#include <filesystem>

namespace vpaas {

std::string shipped_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  if (fs::exists(path, failed))
    return path;
  auto program = fs::read_symlink("/proc/self/exe", failed);
  for (auto above = program; above.has_relative_path();) {
    above = above.parent_path();
    if (fs::exists(above / path, failed))
      return (above / path).string();
  }
  return path;
}

} // namespace vpaas
