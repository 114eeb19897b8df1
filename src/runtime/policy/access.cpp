#include "runtime/policy/access.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// "yard*" stands for all that begin so.
bool stands_for(const std::string& pattern, const std::string& camera) {
  if (pattern.empty() || pattern.back() != '*')
    return pattern == camera;
  return camera.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1)
         == 0;
}

} // namespace

bool sees(const visitor& x, const std::string& camera) {
  return sees_all(x)
         || std::any_of(x.cameras.begin(), x.cameras.end(),
                        [&](auto& y) { return stands_for(y, camera); });
}

bool sees_actor(const visitor& x, const std::string& path) {
  for (std::string above : {"streams/", "cameras/"})
    if (path.compare(0, above.size(), above) == 0) {
      auto rest = path.substr(above.size());
      return sees(x, rest.substr(0, rest.find('/')));
    }
  return true;
}

} // namespace vpaas
