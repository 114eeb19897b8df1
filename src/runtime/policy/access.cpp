#include "runtime/policy/access.hpp"

#include "runtime/policy/camera_pattern.hpp"

#include <algorithm>

namespace vpaas {

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
