#pragma once

#include "runtime/parameter.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// What users register and deploy: one kind of item in, one kind out.
struct function_spec {
  std::string name;
  uint32_t version = 1;
  std::string input;  ///< kinds of item, "segment" or "keyframes|regions"
  std::string output; ///< kind of item, "keyframes"
  parameter_specs parameters;
  /// Names of those parameters that may come with an item, for it alone.
  std::vector<std::string> options;
  std::vector<std::string> tiers; ///< where it may run; empty: anywhere
  bool blocks = false;            ///< then it wants a thread of its own
  bool per_stream = false;        ///< keeps state of a stream
  bool billed = false; ///< a network that looks at whole frames: they cost
  std::string help;

  static constexpr auto type_name = "function_spec";

  static constexpr auto fields() {
    using self = function_spec;
    return std::make_tuple(
      field("name", &self::name), field("version", &self::version),
      field("input", &self::input), field("output", &self::output),
      field("parameters", &self::parameters), field("options", &self::options),
      field("tiers", &self::tiers), field("blocks", &self::blocks),
      field("per_stream", &self::per_stream), field("billed", &self::billed),
      field("help", &self::help));
  }
};

} // namespace vpaas
