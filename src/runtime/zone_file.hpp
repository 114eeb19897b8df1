#pragma once

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// The rule of a time zone by its name, as files of zones have it for all times
/// to come [RFC 8536, 3.3]: "Europe/Berlin" is "CET-1CEST,M3.5.0,M10.5.0/3". A
/// rule stands for itself, and UTC needs no file.
/// @returns ec::not_found where there is no such zone, ec::bad_input where its
///          file has no rule
caf::expected<std::string>
zone_rule(const std::string& name,
          const std::string& folder = "/usr/share/zoneinfo");

} // namespace vpaas
