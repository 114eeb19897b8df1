#pragma once

#include <string>
#include <vector>

namespace vpaas {

/// Where people put functions, those that go first first: what VPAAS_FUNCTIONS
/// names (`:` between them), config/functions, and the user's own folder.
std::vector<std::string> function_folders();

/// Where this node keeps those that a backend sent it, which go last; empty:
/// nowhere.
const std::string& registered_functions_folder();

/// Call it before there are threads that ask.
void set_registered_functions_folder(const std::string& folder);

} // namespace vpaas
