#pragma once

#include <string>

namespace vpaas {

/// Makes a folder the own of one thread of one process, by a lock on a file in
/// it. A thread that hangs may have its folder for good: once it was abandoned
/// (runtime/pulse), the next one of its process that wants the folder shares
/// the lock.
class folder_lock {
public:
  folder_lock() = default;

  folder_lock(const folder_lock&) = delete;

  folder_lock& operator=(const folder_lock&) = delete;

  /// Gives it up.
  ~folder_lock();

  /// @returns 0, or why not, as `errno`: EWOULDBLOCK where another process or
  /// thread has the folder
  int take(const std::string& folder);

private:
  std::string path_;
  int file_ = -1;
};

} // namespace vpaas
