#include "since.hpp"

#include "runtime/duration.hpp"
#include "runtime/error.hpp"

#include <ctime>

namespace vpaas {

caf::error take_since(command_line& line, caf::timestamp& x) {
  auto text = line.take("since", "");
  if (text.empty())
    return caf::none;
  if (auto ago = parse_duration(text)) {
    x = caf::make_timestamp() - *ago;
    return caf::none;
  }
  for (auto* format : {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
                       "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"}) {
    std::tm parts{};
    parts.tm_isdst = -1;
    auto* end = strptime(text.c_str(), format, &parts);
    if (!end || *end != '\0')
      continue;
    x = caf::timestamp{std::chrono::seconds{std::mktime(&parts)}};
    return caf::none;
  }
  return caf::make_error(ec::bad_config,
                         "--since=" + text
                           + ": write how long ago, as 10min, or a time, as "
                             "\"2026-03-01 14:30\"");
}

} // namespace vpaas
