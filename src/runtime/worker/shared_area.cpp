#include "runtime/worker/shared_area.hpp"

#include "runtime/error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace vpaas {

namespace {

caf::error failure(const char* verb) {
  return caf::make_error(ec::io, std::string{"failed to "} + verb
                                   + " shared memory: " + std::strerror(errno)
                                   + "; is there memory left?");
}

} // namespace

shared_area::shared_area(int descriptor) : descriptor_(descriptor) {
  // nop
}

shared_area::~shared_area() {
  if (data_)
    ::munmap(data_, size_);
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

caf::error shared_area::create() {
  descriptor_ = ::memfd_create("vpaas-frames", MFD_CLOEXEC);
  if (descriptor_ < 0)
    return failure("make");
  mine_ = true;
  return caf::none;
}

int shared_area::reader() const {
  auto path = "/proc/self/fd/" + std::to_string(descriptor_);
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

caf::error shared_area::grow(size_t bytes) {
  if (bytes <= size_)
    return caf::none;
  struct stat now {};
  if (mine_ && ::ftruncate(descriptor_, off_t(bytes)) != 0)
    return failure("enlarge");
  // A mapping beyond the end of its file kills who reads it.
  if (::fstat(descriptor_, &now) != 0 || size_t(now.st_size) < bytes)
    return failure("see");
  auto to = ::mmap(nullptr, bytes, mine_ ? PROT_READ | PROT_WRITE : PROT_READ,
                   MAP_SHARED, descriptor_, 0);
  if (to == MAP_FAILED)
    return failure("map");
  if (data_)
    ::munmap(data_, size_);
  data_ = static_cast<uint8_t*>(to);
  size_ = bytes;
  return caf::none;
}

} // namespace vpaas
