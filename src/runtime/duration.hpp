#pragma once

#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <string>
#include <string_view>

namespace vpaas {

/// Reads "250ms", "1.5s", "2min", "1h", "10us" or "7ns".
/// @returns ec::bad_input for anything else, negative durations included.
caf::expected<caf::timespan> parse_duration(std::string_view text);

/// Writes `x` in the largest unit that holds it exactly, so that
/// `parse_duration` reads the same value back.
std::string format_duration(caf::timespan x);

/// Reads "512", "64KiB", "16MiB" or "2GiB" (also kB, MB, GB) as bytes.
caf::expected<uint64_t> parse_size(std::string_view text);

} // namespace vpaas
