#include "runtime/address.hpp"

#include "runtime/error.hpp"

#include <charconv>

namespace vpaas {

caf::expected<std::pair<std::string, uint16_t>>
parse_address(const std::string& text) {
  auto colon = text.rfind(':');
  auto port = 0;
  if (colon != std::string::npos && colon > 0) {
    auto first = text.data() + colon + 1;
    auto last = text.data() + text.size();
    auto [rest, code] = std::from_chars(first, last, port);
    if (code == std::errc{} && rest == last && port > 0 && port <= 65535)
      return std::pair{text.substr(0, colon), static_cast<uint16_t>(port)};
  }
  return caf::make_error(ec::bad_config,
                         "\"" + text + "\" is no address; write host:port");
}

} // namespace vpaas
