#pragma once

#include <caf/expected.hpp>

#include <array>
#include <string>

namespace vpaas {

/// Keeps text such as the passwords of cameras unreadable in a database that
/// others may read or copy: XSalsa20 and Poly1305 of libsodium, with a key in a
/// file of its own.
class sealer {
public:
  /// Reads the key, or makes one for nobody but this user (0600).
  /// @returns ec::io where the file cannot be read or made, ec::bad_input where
  /// it holds no key
  static caf::expected<sealer> open(const std::string& path);

  /// @returns "sealed:" and letters; other letters each time
  std::string seal(const std::string& text) const;

  /// What was sealed; other text comes back as it is.
  /// @returns ec::bad_input where another key sealed it, or somebody changed it
  caf::expected<std::string> unseal(const std::string& text) const;

private:
  std::array<unsigned char, 32> key_{};
};

} // namespace vpaas
