#pragma once

#include <iosfwd>
#include <string>

namespace vpaas {

/// Returns `text` with "***" where an address in it has a password, or a value
/// of its query whose name says that it is secret: for logs, errors of
/// libraries, status, command lines.
std::string without_secrets(const std::string& text);

/// Where video comes from: SCHEME://REST, or else a path. It may hold a
/// password: printed, streamed or made a text it shows none; whole it is for
/// who opens it.
class source_address {
public:
  source_address() = default;

  source_address(std::string whole);

  source_address(const char* whole);

  /// With everything in it: never print it.
  const std::string& whole() const {
    return whole_;
  }

  /// In lower case; empty for a path. A colon alone makes no scheme:
  /// "23:59:59.mp4" is a file.
  const std::string& scheme() const {
    return scheme_;
  }

  bool empty() const {
    return whole_.empty();
  }

  friend bool operator==(const source_address& a, const source_address& b) {
    return a.whole_ == b.whole_;
  }

private:
  std::string whole_;
  std::string scheme_;
};

/// As people may see it.
std::string to_string(const source_address& x);

std::ostream& operator<<(std::ostream& out, const source_address& x);

} // namespace vpaas
