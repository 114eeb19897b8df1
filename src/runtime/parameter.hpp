#pragma once

#include "runtime/document.hpp"
#include "runtime/fields.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// What a parameter may hold. Durations are text ("250ms"); sizes are bytes,
/// or text ("64KiB") that `check` turns into bytes.
enum class parameter_type : uint8_t {
  boolean,
  integer,
  number,
  text,
  duration,
  size,
  choice,
  texts,   ///< a list of text
  address, ///< text, host:port
};

constexpr auto names_of(parameter_type) {
  return std::array{"boolean", "integer", "number", "text",   "duration",
                    "size",    "choice",  "texts",  "address"};
}

/// One named setting of a node, an actor kind, a function or a model card:
/// everything that a user may set is described, checked and listed by these.
struct parameter_spec {
  std::string name;
  parameter_type type = parameter_type::text;
  std::string fallback; ///< the default as a user would write it
  double min = 0;       ///< numbers, bytes, or seconds of a duration
  double max = 0;       ///< no bounds where `min == max`
  std::vector<std::string> choices;
  std::string help;
  bool required = false; ///< then `fallback` is not used

  static constexpr auto type_name = "parameter_spec";

  static constexpr auto fields() {
    using self = parameter_spec;
    return std::make_tuple(
      field("name", &self::name), field("type", &self::type),
      field("fallback", &self::fallback), field("min", &self::min),
      field("max", &self::max), field("choices", &self::choices),
      field("help", &self::help), field("required", &self::required));
  }
};

using parameter_specs = std::vector<parameter_spec>;

/// Checks one value against `spec`.
/// @returns the value in its canonical form (durations as text, sizes as
///          bytes), or ec::bad_config with what is wrong and what is allowed,
///          not the name: the caller knows more of it.
caf::expected<json> check_value(const parameter_spec& spec, const json& value);

/// Returns the default of `spec` in its canonical form.
/// @pre the default itself passes `check_value`
json default_value(const parameter_spec& spec);

/// Checks `values` whole and fills in defaults.
/// @param where what is being checked, for the error: "kind \"cloud_link\""
/// @returns ec::bad_config for an unknown key, a missing one, or a bad value.
caf::expected<document> check(const parameter_specs& specs, const json& values,
                              const std::string& where);

/// Checks `now` with these changes to it, as `check` does.
caf::expected<document>
check_changes(const parameter_specs& specs, const document& now,
              const document& changes, const std::string& where);

/// Says in words what `spec` allows: "an integer from 0 to 65535".
std::string allowed(const parameter_spec& spec);

// Short forms for tables of parameters.
parameter_spec flag(std::string name, bool fallback, std::string help);
parameter_spec integer(std::string name, int64_t fallback, double min,
                       double max, std::string help);
parameter_spec number(std::string name, double fallback, double min, double max,
                      std::string help);
parameter_spec text(std::string name, std::string fallback, std::string help);
parameter_spec texts(std::string name, std::string help);
parameter_spec address(std::string name, std::string fallback,
                       std::string help);
/// Bounds in seconds.
parameter_spec duration(std::string name, std::string fallback, double min,
                        double max, std::string help);
/// Bounds in bytes.
parameter_spec size(std::string name, std::string fallback, double min,
                    double max, std::string help);
parameter_spec choice(std::string name, std::vector<std::string> choices,
                      std::string help); ///< the first one is the default
parameter_spec required(parameter_spec x);

} // namespace vpaas
