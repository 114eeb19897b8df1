#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vpaas {

/// The records of an archive without compression, by name: what PyTorch
/// writes. The views point into the bytes given.
using zip_records = std::map<std::string, std::string_view>;

/// Reads the directory of a zip or zip64 archive; nothing where it is damaged,
/// leaves the bytes given, or holds a compressed record.
std::optional<zip_records> read_zip(std::string_view bytes);

} // namespace vpaas
