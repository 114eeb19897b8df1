#pragma once

#include <caf/timestamp.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace vpaas {

/// Writes a time as ISO 8601 has it, in UTC and to the nanosecond:
/// "2026-03-01T14:30:00.000000000Z". Such texts sort as their times do.
std::string format_moment(caf::timestamp x);

/// Reads that, with none to nine decimals; nothing where it is anything else.
std::optional<caf::timestamp> parse_moment(std::string_view text);

} // namespace vpaas
