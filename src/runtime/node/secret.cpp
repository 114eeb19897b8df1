#include "runtime/node/secret.hpp"

#include "runtime/error.hpp"
#include "runtime/private_folder.hpp"

#include <openssl/rand.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>

namespace vpaas {

namespace {

constexpr size_t digits = 64;

caf::error fail(const std::string& path, int code) {
  return caf::make_error(ec::io, "failed to open the secret " + path + ": "
                                   + std::strerror(code)
                                   + "; set node.secret to a file that this "
                                     "user can write");
}

caf::error refuse(const std::string& path, const std::string& cause) {
  return caf::make_error(ec::bad_config,
                         "the secret " + path + " " + cause
                           + "; remove it, and a new one is made");
}

std::string new_secret() {
  std::array<unsigned char, digits / 2> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return "";
  std::string result;
  for (auto x : bytes) {
    result += "0123456789abcdef"[x >> 4];
    result += "0123456789abcdef"[x & 15];
  }
  return result;
}

/// Puts a whole file in place at once, so that nobody reads half of it. That
/// another one came first is no error.
caf::error make_secret(const std::string& path) {
  // A folder that cannot be made: opening the file says it better.
  make_private_folder(std::filesystem::path{path}.parent_path());
  auto part = path + ".XXXXXX";
  auto file = ::mkostemp(part.data(), O_CLOEXEC);
  if (file < 0)
    return fail(path, errno);
  auto text = new_secret();
  auto good = text.size() == digits
              && ::write(file, text.data(), text.size())
                   == static_cast<ssize_t>(text.size());
  auto code = good ? 0 : EIO;
  ::close(file);
  if (good && ::link(part.c_str(), path.c_str()) != 0 && errno != EEXIST)
    code = errno;
  ::unlink(part.c_str());
  return code == 0 ? caf::error{} : fail(path, code);
}

caf::expected<std::string> read_checked(int file, const std::string& path) {
  struct stat facts {};
  ::fstat(file, &facts);
  if (!S_ISREG(facts.st_mode) || facts.st_uid != geteuid())
    return refuse(path, "belongs to somebody else");
  if ((facts.st_mode & 077) != 0)
    return refuse(path, "can be read by others");
  std::string result(digits, '\0');
  auto size = ::read(file, result.data(), result.size());
  auto is_digit = [](unsigned char x) { return std::isxdigit(x) != 0; };
  if (size != static_cast<ssize_t>(digits)
      || !std::all_of(result.begin(), result.end(), is_digit))
    return refuse(path, "is damaged");
  return result;
}

} // namespace

std::string user_folder() {
  std::filesystem::path base = ".";
  auto owner = getpwuid(geteuid());
  if (auto data = std::getenv("XDG_DATA_HOME"); data && *data)
    base = data;
  else if (auto home = std::getenv("HOME"); home && *home)
    base = std::filesystem::path{home} / ".local/share";
  else if (owner && owner->pw_dir && *owner->pw_dir)
    base = std::filesystem::path{owner->pw_dir} / ".local/share";
  return base / "vpaas";
}

caf::expected<std::string> read_secret(const std::string& path) {
  auto file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0 && errno == ENOENT) {
    if (auto err = make_secret(path))
      return err;
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  }
  if (file < 0)
    return fail(path, errno);
  auto result = read_checked(file, path);
  ::close(file);
  return result;
}

} // namespace vpaas
