#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace vpaas {

/// Splits "host:port". @returns ec::bad_config where it is something else
caf::expected<std::pair<std::string, uint16_t>>
parse_address(const std::string& text);

} // namespace vpaas
