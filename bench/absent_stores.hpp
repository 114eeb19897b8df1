#pragma once

// Stores of a node that cannot be used for a while, and what was in them is
// there afterwards.

#include "support/child_process.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace vpaas::bench {

/// A folder in whose place a file stands, so that it is not even made anew.
class absent_folder {
public:
  explicit absent_folder(std::string path)
    : path_(std::move(path)), there_(path_ + ".away") {
    std::ofstream{there_} << "not a folder\n";
    absent_ = swap();
  }

  absent_folder(const absent_folder&) = delete;

  absent_folder& operator=(const absent_folder&) = delete;

  ~absent_folder() {
    if (absent_)
      swap();
    std::error_code ignored;
    std::filesystem::remove(there_, ignored);
  }

  bool absent() const {
    return absent_;
  }

private:
  bool swap() const {
    constexpr unsigned exchange = 2; // RENAME_EXCHANGE
    return ::syscall(SYS_renameat2, AT_FDCWD, path_.c_str(), AT_FDCWD,
                     there_.c_str(), exchange)
           == 0;
  }

  std::string path_, there_;
  bool absent_ = false;
};

/// A SQLite file that another program writes, and does not get done. It takes
/// the program sqlite3.
class locked_ledger {
public:
  explicit locked_ledger(const std::string& path)
    : writer_({"sqlite3", "-cmd", ".timeout 2000", path}) {
    locked_ = writer_.write("begin immediate; select 'locked';\n")
              && writer_.line() == "locked";
  }

  bool locked() const {
    return locked_;
  }

private:
  test::child_process writer_; ///< its lock ends with it
  bool locked_ = false;
};

} // namespace vpaas::bench
