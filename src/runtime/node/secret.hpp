#pragma once

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// Where this user's data lies: $XDG_DATA_HOME/vpaas, else
/// ~/.local/share/vpaas; for who has no home the working folder's vpaas.
std::string user_folder();

/// What nodes without certificates and who commands them prove themselves
/// with: 64 hexadecimal digits in a file that its owner alone can read. Made
/// where there is none; two who make it at once get the same.
/// @returns ec::bad_config where others could read or have written it; ec::io
caf::expected<std::string> read_secret(const std::string& path);

} // namespace vpaas
