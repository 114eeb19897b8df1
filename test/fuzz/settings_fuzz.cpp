// libFuzzer on a node's INI file: any bytes are read or refused, and what was
// read is written as a file that reads back.

#include "runtime/node/settings.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace {

/// A file in memory that has a path.
class memory_file {
public:
  memory_file(const char* data, size_t size) : fd_(memfd_create("fuzz", 0)) {
    if (fd_ < 0 || write(fd_, data, size) != ssize_t(size))
      std::abort();
  }

  ~memory_file() {
    close(fd_);
  }

  std::string path() const {
    return "/proc/self/fd/" + std::to_string(fd_);
  }

private:
  int fd_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vpaas;
  memory_file file{reinterpret_cast<const char*>(data), size};
  auto config = read_settings(file.path(), node_options(tier::fog), {});
  if (config)
    (void)to_ini(*config);
  return 0;
}
