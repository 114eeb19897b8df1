#include "runtime/store/sealer.hpp"

#include "runtime/error.hpp"

#include <sodium.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <vector>

namespace vpaas {

namespace {

using bytes = std::vector<unsigned char>;

static_assert(crypto_secretbox_KEYBYTES == 32);

constexpr auto prefix = "sealed:";
constexpr auto letters = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

/// Closes what it holds.
struct descriptor {
  int value;

  ~descriptor() {
    if (value >= 0)
      close(value);
  }
};

caf::error failed(const std::string& what, const std::string& path) {
  return caf::make_error(ec::io, "failed to " + what + " the key " + path + ": "
                                   + std::strerror(errno)
                                   + "; check the folder and who owns it");
}

} // namespace

caf::expected<sealer> sealer::open(const std::string& path) {
  if (sodium_init() < 0)
    return caf::make_error(ec::io, "failed to get random numbers from this "
                                   "machine");
  sealer result;
  descriptor made{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                         S_IRUSR | S_IWUSR)};
  if (made.value >= 0) {
    randombytes_buf(result.key_.data(), result.key_.size());
    if (write(made.value, result.key_.data(), result.key_.size())
          != ssize_t(result.key_.size())
        || fsync(made.value) != 0) {
      auto err = failed("write", path);
      unlink(path.c_str());
      return err;
    }
    return result;
  }
  if (errno != EEXIST)
    return failed("make", path);
  descriptor there{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (there.value < 0)
    return failed("read", path);
  bytes content(result.key_.size() + 1);
  auto n = read(there.value, content.data(), content.size());
  if (n < 0)
    return failed("read", path);
  if (n != ssize_t(result.key_.size()))
    return caf::make_error(ec::bad_input,
                           path
                             + " holds no key of 32 bytes; bring the file "
                               "back, or remove it and add the streams "
                               "again");
  std::copy_n(content.begin(), result.key_.size(), result.key_.begin());
  return result;
}

std::string sealer::seal(const std::string& text) const {
  bytes box(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES
            + text.size());
  randombytes_buf(box.data(), crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(box.data() + crypto_secretbox_NONCEBYTES,
                        reinterpret_cast<const unsigned char*>(text.data()),
                        text.size(), box.data(), key_.data());
  std::string result(sodium_base64_encoded_len(box.size(), letters), '\0');
  sodium_bin2base64(result.data(), result.size(), box.data(), box.size(),
                    letters);
  result.pop_back(); // its zero
  return prefix + result;
}

caf::expected<std::string> sealer::unseal(const std::string& text) const {
  if (text.rfind(prefix, 0) != 0)
    return text;
  auto from = text.data() + std::strlen(prefix);
  bytes box(text.size());
  size_t n = 0;
  constexpr auto extra = crypto_secretbox_NONCEBYTES
                         + crypto_secretbox_MACBYTES;
  if (sodium_base642bin(box.data(), box.size(), from,
                        text.size() - std::strlen(prefix), nullptr, &n, nullptr,
                        letters)
        == 0
      && n >= extra) {
    std::string result(n - extra, '\0');
    if (crypto_secretbox_open_easy(
          reinterpret_cast<unsigned char*>(result.data()),
          box.data() + crypto_secretbox_NONCEBYTES,
          n - crypto_secretbox_NONCEBYTES, box.data(), key_.data())
        == 0)
      return result;
  }
  return caf::make_error(ec::bad_input,
                         "what was sealed was changed, or sealed "
                         "with another key; bring the key "
                         "back");
}

} // namespace vpaas
