#pragma once

#include <caf/error.hpp>

#include <string>

namespace vpaas {

/// Text as other systems write it, without the mark of its encoding in front
/// and with '\n' alone at the end of a line.
std::string plain_text(std::string text);

/// What CAF's parser lets pass: a key that stands twice in a group.
/// @param text of an INI file, plain
/// @returns ec::bad_config with group, key and both lines
caf::error check_ini_keys(const std::string& text);

} // namespace vpaas
