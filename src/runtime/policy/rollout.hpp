#pragma once

#include "runtime/registry_records.hpp"

#include <caf/error.hpp>

#include <array>
#include <string>
#include <vector>

namespace vpaas {

// What shall run on a node against what does: both are said whole, again and
// again, so that it does not matter which message was lost or who died.

/// What one parameter of a function shall be; without a function: what shall
/// be at hand.
struct desired_slot {
  std::string function;
  std::string parameter;
  artifact what;

  static constexpr auto type_name = "desired_slot";

  static constexpr auto fields() {
    using self = desired_slot;
    return std::make_tuple(field("function", &self::function),
                           field("parameter", &self::parameter),
                           field("artifact", &self::what));
  }
};

/// All that a backend wants of a node.
struct desired_state {
  std::vector<desired_slot> slots;

  static constexpr auto type_name = "desired_state";

  static constexpr auto fields() {
    return std::make_tuple(field("slots", &desired_state::slots));
  }
};

enum class slot_state : uint8_t {
  missing,  ///< its files are not here
  trying,   ///< it is loaded beside the one that runs
  changing, ///< the function takes it, the one before serves
  serving,
  held,    ///< nobody runs it, and it is here
  waiting, ///< something went wrong that may pass; the one before serves
  refused, ///< it is no good; the one before serves
};

constexpr auto names_of(slot_state) {
  return std::array{"missing", "trying",  "changing", "serving",
                    "held",    "waiting", "refused"};
}

struct reported_slot {
  std::string function;
  std::string parameter;
  std::string artifact; ///< "face@2"
  slot_state state = slot_state::missing;
  std::string problem; ///< why it is not what it shall be

  static constexpr auto type_name = "reported_slot";

  static constexpr auto fields() {
    using self = reported_slot;
    return std::make_tuple(
      field("function", &self::function), field("parameter", &self::parameter),
      field("artifact", &self::artifact), field("state", &self::state),
      field("problem", &self::problem));
  }
};

/// What a node says of itself.
struct reported_state {
  std::vector<reported_slot> slots;
  std::vector<std::string> missing; ///< SHA-256 of files that it needs
  uint64_t bytes = 0;               ///< of files that it holds
  uint64_t quota = 0;

  static constexpr auto type_name = "reported_state";

  static constexpr auto fields() {
    using self = reported_state;
    return std::make_tuple(
      field("slots", &self::slots), field("missing", &self::missing),
      field("bytes", &self::bytes), field("quota", &self::quota));
  }
};

/// What a parameter of a function names.
artifact_kind kind_for(const std::string& parameter);

/// What holds for a node: what is said of it by name goes before what is said
/// of its tier. A fog also holds the libraries that run elsewhere, since it
/// checks pipelines that call them. A deployment of something that is not known
/// is left out.
desired_state desired_on(const std::string& node, const std::string& tier,
                         const std::vector<deployment>& deployments,
                         const std::vector<artifact>& artifacts);

bool has_file(const artifact& x, const std::string& sha256);

/// Whether what failed so may go when it is tried again; else the model is no
/// good.
bool may_pass(const caf::error& x);

/// Whether the node is as it shall be. What it refused it never will be.
bool is_settled(const desired_state& desired, const reported_state& reported);

} // namespace vpaas
