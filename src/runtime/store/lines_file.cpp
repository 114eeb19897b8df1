#include "runtime/store/lines_file.hpp"

#include "runtime/error.hpp"
#include "runtime/json.hpp"
#include "runtime/private_folder.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vpaas {

namespace {

caf::error failed(const std::string& path, int code) {
  return caf::make_error(ec::io, "failed to write results to " + path + ": "
                                   + std::strerror(code)
                                   + "; look at its disk and permissions");
}

/// Returns 0, or the error's number.
int write_all(int file, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    auto n = ::write(file, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR)
      return errno;
    done += n > 0 ? static_cast<size_t>(n) : 0;
  }
  return 0;
}

} // namespace

std::string to_line(const frame_result& x) {
  return to_json_value(x).dump(-1, ' ', false, json::error_handler_t::replace);
}

lines_file::lines_file(std::string path) : path_(std::move(path)) {
  // nop
}

lines_file::~lines_file() {
  close();
}

caf::error lines_file::append(const std::vector<frame_result>& xs) {
  std::string text;
  for (auto& x : xs)
    text += to_line(x) + '\n';
  if (auto err = open())
    return err;
  struct stat before {};
  ::fstat(file_, &before);
  auto code = write_all(file_, text);
  if (code == 0)
    return caf::none;
  if (S_ISREG(before.st_mode) && ::ftruncate(file_, before.st_size) != 0)
    code = errno;
  close();
  return failed(path_, code);
}

caf::error lines_file::open() {
  struct stat here {};
  struct stat there {};
  if (file_ >= 0 && ::fstat(file_, &here) == 0
      && ::stat(path_.c_str(), &there) == 0 && here.st_ino == there.st_ino
      && here.st_dev == there.st_dev)
    return caf::none;
  close();
  // A folder that cannot be made: opening the file says it better.
  make_private_folder(std::filesystem::path{path_}.parent_path());
  file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
                 0644);
  return file_ >= 0 ? caf::error{} : failed(path_, errno);
}

void lines_file::close() {
  if (file_ >= 0)
    ::close(file_);
  file_ = -1;
}

} // namespace vpaas
