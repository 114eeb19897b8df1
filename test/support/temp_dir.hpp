#pragma once

#include "support/password.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

namespace vpaas::test {

/// A folder of its own that goes away with its test. Where anything below it
/// holds the password of the tests, other than what the test wrote itself, the
/// program ends: so each test looks after what its nodes wrote.
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
    if (auto file = file_with_password(path_, written_); !file.empty()) {
      std::fprintf(stderr, "a password was written to %s\n", file.c_str());
      std::abort();
    }
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string path(const std::string& name = "") const {
    return name.empty() ? path_ : path_ + "/" + name;
  }

  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream{path(name), std::ios::binary} << content;
    written_.insert(path(name));
    return path(name);
  }

private:
  mutable std::set<std::string> written_;
  std::string path_;
};

} // namespace vpaas::test
