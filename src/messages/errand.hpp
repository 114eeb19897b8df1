#pragma once

#include "runtime/document.hpp"
#include "runtime/fields.hpp"
#include "runtime/media/chunk.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// One stage of a pipeline that a node runs for another.
struct errand_step {
  std::string id;
  std::string function;
  /// Steps before it, of this errand or an earlier one about the same
  /// keyframes; none: it takes what was sent.
  std::vector<std::string> inputs;
  std::string takes; ///< kind of item; empty where it has one input
  document options;
  bool kept = false; ///< a later errand needs what it makes

  static constexpr auto type_name = "errand_step";

  static constexpr auto fields() {
    using self = errand_step;
    return std::make_tuple(
      field("id", &self::id), field("function", &self::function),
      field("inputs", &self::inputs), field("takes", &self::takes),
      field("options", &self::options), field("kept", &self::kept));
  }
};

/// The first part of a chunk, and what is to be done with all of them. Later
/// parts come without.
struct errand_call {
  std::vector<errand_step> steps;
  chunk part;

  static constexpr auto type_name = "errand_call";

  static constexpr auto fields() {
    return std::make_tuple(field("steps", &errand_call::steps),
                           field("part", &errand_call::part));
  }
};

} // namespace vpaas
