#include "runtime/sha256.hpp"

#include "runtime/error.hpp"

#include <openssl/evp.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

namespace vpaas {

namespace {

class digest {
public:
  digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }

  void add(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }

  std::string text() {
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    EVP_DigestFinal_ex(context_.get(), raw, &n);
    std::string result;
    for (unsigned i = 0; i < n; ++i) {
      result += "0123456789abcdef"[raw[i] >> 4];
      result += "0123456789abcdef"[raw[i] & 15];
    }
    return result;
  }

private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

} // namespace

std::string sha256(std::string_view bytes) {
  digest x;
  x.add(bytes);
  return x.text();
}

caf::expected<std::string> sha256_of_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return caf::make_error(ec::io, "failed to open " + path + ": "
                                     + std::strerror(errno)
                                     + "; check the path");
  digest x;
  std::vector<char> piece(1 << 16);
  while (in) {
    in.read(piece.data(), std::streamsize(piece.size()));
    x.add({piece.data(), size_t(in.gcount())});
  }
  if (in.bad())
    return caf::make_error(ec::io,
                           "failed to read " + path + "; check the disk");
  return x.text();
}

} // namespace vpaas
