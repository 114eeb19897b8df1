#include "runtime/node/function_folders.hpp"

#include "runtime/node/secret.hpp"
#include "runtime/shipped.hpp"

#include <cstdlib>
#include <sstream>

namespace vpaas {

namespace {

std::string& registered() {
  static std::string result;
  return result;
}

} // namespace

std::vector<std::string> function_folders() {
  std::vector<std::string> result;
  if (auto given = std::getenv("VPAAS_FUNCTIONS")) {
    std::istringstream all{given};
    for (std::string x; std::getline(all, x, ':');)
      result.push_back(x);
  }
  result.push_back(shipped_path("config/functions"));
  result.push_back(user_folder() + "/functions");
  return result;
}

const std::string& registered_functions_folder() {
  return registered();
}

void set_registered_functions_folder(const std::string& folder) {
  registered() = folder;
}

} // namespace vpaas
