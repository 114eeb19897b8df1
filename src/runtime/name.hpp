#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace vpaas {

/// What a node, a stream and any other actor may be called. Names become files
/// and parts of paths, and are typed by people.
constexpr const char* name_rule = "at most 64 letters, digits, -, _ and ., "
                                  "beginning with no .";

/// Whether `x` keeps `name_rule`.
inline bool is_name(const std::string& x) {
  return !x.empty() && x.front() != '.' && x.size() <= 64
         && std::all_of(x.begin(), x.end(), [](unsigned char c) {
              return (std::isalnum(c) && c < 0x80) || c == '-' || c == '_'
                     || c == '.';
            });
}

} // namespace vpaas
