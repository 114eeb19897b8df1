#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace vpaas::test {

/// A folder of its own that goes away with its test.
class temp_dir {
public:
  temp_dir() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "vpaas-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("failed to make a folder for a test");
    path_ = pattern;
  }

  temp_dir(const temp_dir&) = delete;

  temp_dir& operator=(const temp_dir&) = delete;

  ~temp_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(const std::string& name = "") const {
    return name.empty() ? path_ : path_ + "/" + name;
  }

  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream{path(name), std::ios::binary} << content;
    return path(name);
  }

private:
  std::string path_;
};

} // namespace vpaas::test
