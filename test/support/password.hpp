#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace vpaas::test {

/// The password of all tests. Programs are told it, and never write it down.
inline constexpr const char* password = "s3cr3t-w0rd";

/// The first file below `folder` that holds the password, apart from some;
/// empty where there is none.
inline std::string file_with_password(const std::string& folder,
                                      const std::set<std::string>& apart) {
  namespace fs = std::filesystem;
  std::error_code failed;
  constexpr auto how = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator i{folder, how, failed}, end;
       !failed && i != end; i.increment(failed)) {
    std::error_code gone;
    if (!i->is_regular_file(gone) || apart.count(i->path()) > 0
        || i->file_size(gone) > (64u << 20))
      continue;
    std::ifstream in{i->path(), std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (text.find(password) != std::string::npos)
      return i->path();
  }
  return "";
}

} // namespace vpaas::test
