#pragma once

#include "runtime/policy/rollout.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// What shall run on a node, as it is on its disk.
struct kept_slot {
  desired_slot want;
  document
    home; ///< `value`: what the function ran by itself, where it is known
  bool withdrawn = false;

  static constexpr auto type_name = "kept_slot";

  static constexpr auto fields() {
    using self = kept_slot;
    return std::make_tuple(field("want", &self::want),
                           field("home", &self::home),
                           field("withdrawn", &self::withdrawn));
  }
};

/// Writes them into a folder, whole or not at all. @returns ec::io
caf::error write_slots(const std::string& folder,
                       const std::vector<kept_slot>& xs);

/// Reads them; none where there is no such file.
/// @returns ec::bad_input where it is damaged
caf::expected<std::vector<kept_slot>> read_slots(const std::string& folder);

} // namespace vpaas
