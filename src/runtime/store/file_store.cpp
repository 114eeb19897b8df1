#include "runtime/store/file_store.hpp"

#include "runtime/error.hpp"
#include "runtime/private_folder.hpp"
#include "runtime/sha256.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <tuple>
#include <unistd.h>
#include <utility>

namespace fs = std::filesystem;

namespace vpaas {

namespace {

constexpr const char* unfinished = ".part";

caf::error io(const char* verb, const std::string& path, int code) {
  return caf::make_error(ec::io, std::string{"failed to "} + verb + " " + path
                                   + ": " + std::strerror(code)
                                   + "; look at its disk");
}

/// Writes all of it to the disk. @returns 0, or the error's number
int write_file(const std::string& path, const blob& bytes) {
  auto file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                     0600);
  if (file < 0)
    return errno;
  auto code = 0;
  for (size_t at = 0; at < bytes.size() && code == 0;) {
    auto n = ::write(file, bytes.data() + at, bytes.size() - at);
    if (n > 0)
      at += size_t(n);
    else if (errno != EINTR)
      code = errno;
  }
  if (code == 0 && ::fsync(file) != 0)
    code = errno;
  if (::close(file) != 0 && code == 0)
    code = errno;
  return code;
}

std::string hash_of(const blob& x) {
  return sha256({reinterpret_cast<const char*>(x.data()), x.size()});
}

} // namespace

bool is_sha256(const std::string& x) {
  return x.size() == 64
         && x.find_first_not_of("0123456789abcdef") == std::string::npos;
}

caf::expected<file_store> file_store::open(std::string folder, uint64_t quota) {
  if (auto code = make_private_folder(folder))
    return io("make", folder, code);
  file_store result{std::move(folder), quota};
  std::vector<std::tuple<fs::file_time_type, std::string, uint64_t>> found;
  std::error_code failed;
  for (fs::directory_iterator i{result.folder_, failed}, end;
       !failed && i != end; i.increment(failed)) {
    std::error_code ignored;
    auto name = i->path().filename().string();
    if (i->path().extension() == unfinished)
      fs::remove(i->path(), ignored);
    else if (is_sha256(name) && i->is_regular_file(ignored))
      found.emplace_back(i->last_write_time(ignored), name,
                         i->file_size(ignored));
  }
  if (failed)
    return io("look into", result.folder_, failed.value());
  std::sort(found.begin(), found.end());
  for (auto& [time, name, bytes] : found) {
    result.files_[name] = {bytes, ++result.uses_};
    result.bytes_ += bytes;
  }
  return result;
}

std::string file_store::path_of(const std::string& sha256) const {
  return (fs::path{folder_} / sha256).string();
}

void file_store::use(const std::string& sha256) {
  files_[sha256].used = ++uses_;
  std::error_code ignored; // it matters after the next start only
  fs::last_write_time(path_of(sha256), fs::file_time_type::clock::now(),
                      ignored);
}

bool file_store::make_room(uint64_t bytes, const pinned_fun& pinned) {
  std::vector<std::pair<uint64_t, std::string>> order;
  auto kept = uint64_t{0};
  for (auto& [name, x] : files_)
    if (pinned && pinned(name))
      kept += x.bytes;
    else
      order.emplace_back(x.used, name);
  if (bytes > quota_ || kept > quota_ - bytes)
    return false; // then nothing needs to go
  std::sort(order.begin(), order.end());
  for (auto i = order.begin(); i != order.end() && bytes_ + bytes > quota_; ++i)
    remove(i->second);
  return bytes_ + bytes <= quota_;
}

caf::error file_store::put(const blob& bytes, const std::string& sha256,
                           const pinned_fun& pinned) {
  if (has(sha256)) {
    use(sha256);
    return caf::none;
  }
  if (!is_sha256(sha256) || hash_of(bytes) != sha256)
    return caf::make_error(ec::bad_input,
                           "failed to keep file " + sha256
                             + ": what came has another hash; send it again");
  if (!make_room(bytes.size(), pinned))
    return caf::make_error(
      ec::overload, "failed to keep file " + sha256 + ": its "
                      + std::to_string(bytes.size()) + " bytes do not fit into "
                      + folder_ + ", which may hold " + std::to_string(quota_)
                      + "; remove what is not needed, or allow more");
  auto path = path_of(sha256), part = path + unfinished;
  if (auto code = write_file(part, bytes)) {
    std::error_code ignored;
    fs::remove(part, ignored);
    return io("write", part, code);
  }
  std::error_code failed;
  fs::rename(part, path, failed);
  if (failed)
    return io("rename", part, failed.value());
  files_[sha256].bytes = bytes.size();
  bytes_ += bytes.size();
  use(sha256);
  return caf::none;
}

caf::expected<blob> file_store::read(const std::string& sha256) {
  if (!has(sha256))
    return caf::make_error(ec::not_found, "there is no file " + sha256);
  std::ifstream in{path_of(sha256), std::ios::binary};
  blob::buffer bytes{std::istreambuf_iterator<char>{in}, {}};
  if (in.bad())
    return io("read", path_of(sha256), errno);
  blob result{std::move(bytes)};
  if (hash_of(result) != sha256) {
    remove(sha256);
    return caf::make_error(ec::bad_input, "file " + sha256
                                            + " is damaged and was removed; "
                                              "register it again");
  }
  use(sha256);
  return result;
}

bool file_store::check(const std::string& sha256) {
  if (!has(sha256))
    return false;
  auto hash = vpaas::sha256_of_file(path_of(sha256));
  if (!hash || *hash != sha256) {
    remove(sha256);
    return false;
  }
  use(sha256);
  return true;
}

void file_store::remove(const std::string& sha256) {
  auto i = files_.find(sha256);
  if (i == files_.end())
    return;
  std::error_code ignored;
  fs::remove(path_of(sha256), ignored);
  bytes_ -= i->second.bytes;
  files_.erase(i);
}

std::vector<std::string> file_store::names() const {
  std::vector<std::string> result;
  for (auto& x : files_)
    result.push_back(x.first);
  return result;
}

} // namespace vpaas
