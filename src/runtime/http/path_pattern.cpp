#include "runtime/http/path_pattern.hpp"

#include <algorithm>

namespace vpaas {

namespace {

/// Takes the part before the next slash off `x`.
std::string next_part(const std::string& x, size_t& from) {
  auto to = std::min(x.find('/', from), x.size());
  auto result = x.substr(from, to - from);
  from = to + 1;
  return result;
}

} // namespace

std::optional<std::map<std::string, std::string>>
match_path(const std::string& pattern, const std::string& path) {
  std::map<std::string, std::string> result;
  size_t a = 0, b = 0;
  while (a <= pattern.size() && b <= path.size()) {
    auto wanted = next_part(pattern, a);
    auto found = next_part(path, b);
    if (wanted.size() > 2 && wanted.front() == '{') {
      if (found.empty())
        return std::nullopt;
      result[wanted.substr(1, wanted.size() - 2)] = found;
    } else if (wanted != found) {
      return std::nullopt;
    }
  }
  if (a <= pattern.size() || b <= path.size())
    return std::nullopt;
  return result;
}

} // namespace vpaas
