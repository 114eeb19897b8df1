#pragma once

#include <string>

namespace vpaas {

/// Makes a folder, and those above it that are missing, for nobody but this
/// user (0700). @returns 0, or the error's number
int make_private_folder(const std::string& path);

} // namespace vpaas
