#include "runtime/private_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <vector>

#include <sys/stat.h>

namespace vpaas {

int make_private_folder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code failed;
  std::vector<fs::path> missing;
  for (fs::path x{path}; !x.empty() && !fs::exists(x, failed);
       x = x.parent_path())
    missing.push_back(x);
  for (; !failed && !missing.empty(); missing.pop_back())
    if (::mkdir(missing.back().c_str(), 0700) != 0 && errno != EEXIST)
      return errno;
  return failed.value();
}

} // namespace vpaas
