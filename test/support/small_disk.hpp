#pragma once

#include "support/temp_dir.hpp"

#include <string>

#include <sys/mount.h>

namespace vpaas::test {

/// A file system of its own with so many bytes, where the user may mount one.
class small_disk {
public:
  explicit small_disk(size_t bytes)
    : options_("size=" + std::to_string(bytes)) {
    mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0,
                       options_.c_str())
               == 0;
  }

  ~small_disk() {
    if (mounted_)
      ::umount2(folder_.path().c_str(), MNT_DETACH);
  }

  bool mounted() const {
    return mounted_;
  }

  void resize(size_t bytes) {
    options_ = "size=" + std::to_string(bytes);
    ::mount("tmpfs", folder_.path().c_str(), "tmpfs", MS_REMOUNT,
            options_.c_str());
  }

  bool make_read_only() {
    return ::mount("tmpfs", folder_.path().c_str(), "tmpfs",
                   MS_REMOUNT | MS_RDONLY, options_.c_str())
           == 0;
  }

  std::string path(const std::string& name) const {
    return folder_.path(name);
  }

private:
  temp_dir folder_;
  std::string options_;
  bool mounted_ = false;
};

} // namespace vpaas::test
