#include "runtime/store/folder_lock.hpp"

#include "runtime/pulse.hpp"

#include <cerrno>
#include <map>
#include <memory>
#include <mutex>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace vpaas {

namespace {

/// The locks that this process has, and who of its threads has them.
struct own_locks {
  struct holder {
    int file = -1;
    std::shared_ptr<const pulse> thread;
  };

  std::mutex mutex;
  std::map<std::string, holder> by_path;
};

own_locks& own() {
  static own_locks result;
  return result;
}

/// The lock of one that was abandoned, for the calling thread; -1: there is
/// none.
int inherit(const std::string& path) {
  std::lock_guard guard{own().mutex};
  auto i = own().by_path.find(path);
  if (i == own().by_path.end() || !i->second.thread
      || !i->second.thread->abandoned)
    return -1;
  return ::fcntl(i->second.file, F_DUPFD_CLOEXEC, 0);
}

} // namespace

folder_lock::~folder_lock() {
  if (file_ < 0)
    return;
  {
    std::lock_guard guard{own().mutex};
    auto i = own().by_path.find(path_);
    if (i != own().by_path.end() && i->second.file == file_)
      own().by_path.erase(i);
  }
  ::close(file_);
}

int folder_lock::take(const std::string& folder) {
  path_ = folder + "/lock";
  auto file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return errno;
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    auto failed = errno;
    ::close(file);
    file = failed == EWOULDBLOCK ? inherit(path_) : -1;
    if (file < 0)
      return failed;
  }
  file_ = file;
  std::lock_guard guard{own().mutex};
  own().by_path[path_] = {file_, own_pulse()};
  return 0;
}

} // namespace vpaas
