#pragma once

#include <string>

namespace vpaas {

/// Where `path` lies that ships with the programs, such as "config/models": in
/// the working folder, else in the nearest folder above this program that has
/// it. As given where none has.
std::string shipped_path(const std::string& path);

} // namespace vpaas
