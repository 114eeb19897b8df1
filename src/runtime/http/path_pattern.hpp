#pragma once

#include <map>
#include <optional>
#include <string>

namespace vpaas {

/// Compares a path with a pattern such as "/streams/{stream}": a name in braces
/// stands for one part that is not empty.
/// @returns what the names stand for; nothing where it is another path
std::optional<std::map<std::string, std::string>>
match_path(const std::string& pattern, const std::string& path);

} // namespace vpaas
