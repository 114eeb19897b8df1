#pragma once

#include "runtime/child_spec.hpp"
#include "runtime/node/settings.hpp"

namespace vpaas {

/// Whether the database or folder that a child of a topology keeps things in
/// can be opened, which changes nothing. @returns ec::bad_config, ec::bad_input
/// where it is damaged, ec::io
caf::error find_stores(const settings& config, const child_spec& child);

} // namespace vpaas
