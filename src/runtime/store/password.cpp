#include "runtime/store/password.hpp"

#include "runtime/error.hpp"

#include <sodium.h>

#include <array>
#include <set>

namespace vpaas {

namespace {

constexpr size_t least = 12, most = 128;
constexpr size_t least_different = 4;

/// Before anything else of the library.
bool ready() {
  static const bool result = sodium_init() >= 0;
  return result;
}

std::string base64(const unsigned char* data, size_t size) {
  std::array<char, 128> text{};
  sodium_bin2base64(text.data(), text.size(), data, size,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text.data();
}

} // namespace

caf::expected<std::string> hash_password(const std::string& password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (ready()
      && crypto_pwhash_str(text.data(), password.data(), password.size(),
                           crypto_pwhash_OPSLIMIT_INTERACTIVE,
                           crypto_pwhash_MEMLIMIT_INTERACTIVE)
           == 0)
    return std::string{text.data()};
  return caf::make_error(ec::overload, "failed to hash a password: no memory; "
                                       "try again later");
}

bool is_password(const std::string& hash, const std::string& password) {
  return ready()
         && crypto_pwhash_str_verify(hash.c_str(), password.data(),
                                     password.size())
              == 0;
}

caf::error check_new_password(const std::string& password) {
  auto refuse = [](const std::string& cause) {
    return caf::make_error(ec::bad_input, "the password " + cause
                                            + "; write 12 to 128 characters "
                                              "that nobody guesses");
  };
  if (password.size() < least || password.size() > most)
    return refuse("has " + std::to_string(password.size()) + " characters");
  std::set<char> different{password.begin(), password.end()};
  if (different.size() < least_different)
    return refuse("repeats the same few characters");
  return caf::none;
}

std::string random_token() {
  std::array<unsigned char, 32> bytes{};
  ready();
  randombytes_buf(bytes.data(), bytes.size());
  return base64(bytes.data(), bytes.size());
}

std::string random_password() {
  constexpr char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; // 32
  std::string result;
  ready();
  for (int i = 0; i < 20; ++i) {
    if (i % 5 == 0 && i > 0)
      result += '-';
    result += letters[randombytes_uniform(sizeof letters - 1)];
  }
  return result;
}

std::string digest_of(const std::string& token) {
  std::array<unsigned char, 32> bytes{};
  crypto_generichash(bytes.data(), bytes.size(),
                     reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), nullptr, 0);
  return base64(bytes.data(), bytes.size());
}

bool same_secret(const std::string& a, const std::string& b) {
  return a.size() == b.size()
         && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace vpaas
