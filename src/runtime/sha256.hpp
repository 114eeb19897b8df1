#pragma once

#include <caf/expected.hpp>

#include <string>
#include <string_view>

namespace vpaas {

/// Returns the SHA-256 of `bytes`, 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

/// The same of a file, read in pieces. @returns ec::io where it cannot be read
caf::expected<std::string> sha256_of_file(const std::string& path);

} // namespace vpaas
