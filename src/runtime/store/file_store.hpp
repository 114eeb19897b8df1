#pragma once

#include "runtime/blob.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// Files in a folder, each under its SHA-256, within a quota: to make room,
/// those go first that were used longest ago, and never those that are pinned.
/// A file gets its name when all of it is on the disk. Nobody else may read
/// them. Blocks; one caller at a time, one store a folder.
class file_store {
public:
  using pinned_fun = std::function<bool(const std::string& sha256)>;

  /// Makes the folder where there is none, and removes what a death left half
  /// written. Files that are no hash's are not touched.
  /// @returns ec::io
  static caf::expected<file_store> open(std::string folder, uint64_t quota);

  bool has(const std::string& sha256) const {
    return files_.count(sha256) != 0;
  }

  /// Keeps a file; nothing changes where it is there.
  /// @returns ec::bad_input where the hash is another, ec::overload where it
  /// does not fit beside what is pinned, ec::io
  caf::error put(const blob& bytes, const std::string& sha256,
                 const pinned_fun& pinned);

  /// @returns ec::not_found, ec::io, ec::bad_input where it is damaged: then it
  /// is gone
  caf::expected<blob> read(const std::string& sha256);

  /// Whether it is there and undamaged; if it is not, it is gone. It counts as
  /// used now.
  bool check(const std::string& sha256);

  void remove(const std::string& sha256);

  std::vector<std::string> names() const;

  uint64_t bytes() const {
    return bytes_;
  }

  uint64_t quota() const {
    return quota_;
  }

  const std::string& folder() const {
    return folder_;
  }

private:
  struct entry {
    uint64_t bytes = 0;
    uint64_t used = 0; ///< greater: later
  };

  file_store(std::string folder, uint64_t quota)
    : folder_(std::move(folder)), quota_(quota) {
    // nop
  }

  std::string path_of(const std::string& sha256) const;

  void use(const std::string& sha256);

  /// @returns whether so many bytes fit now
  bool make_room(uint64_t bytes, const pinned_fun& pinned);

  std::string folder_;
  uint64_t quota_;
  std::map<std::string, entry> files_;
  uint64_t bytes_ = 0;
  uint64_t uses_ = 0;
};

/// Whether `x` looks as a SHA-256 does: 64 lower-case hexadecimal digits.
bool is_sha256(const std::string& x);

} // namespace vpaas
