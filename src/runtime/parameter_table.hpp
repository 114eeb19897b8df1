#pragma once

#include "runtime/parameter.hpp"

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace vpaas {

/// A parameter of a `Config`, and how it gets there.
template <class Config>
struct parameter_of {
  parameter_spec spec;
  /// Empty: whoever makes the `Config` reads it.
  std::function<void(Config&, const document&)> read;
};

/// What a user may say of a `Config`: the one place where its keys stand.
template <class Config>
using parameter_table = std::vector<parameter_of<Config>>;

/// A parameter that sets the field `where(config)`; an enumeration by the names
/// of its values.
template <class Config, class Where>
parameter_of<Config> parameter_for(parameter_spec x, Where where) {
  auto read = [name = x.name, where](Config& to, const document& from) {
    auto& field = std::invoke(where, to);
    using value = std::remove_reference_t<decltype(field)>;
    if constexpr (std::is_enum_v<value>)
      from_string(from.get<std::string>(name), field);
    else if constexpr (
      std::is_same_v<value,
                     std::string> || !std::is_assignable_v<value&, std::string>)
      field = from.get<value>(name);
    else
      field = from.get<std::string>(name);
  };
  return {std::move(x), std::move(read)};
}

/// @pre `from` passed `check` against `specs_of(table)`
template <class Config>
void read_parameters(const parameter_table<Config>& table, const document& from,
                     Config& to) {
  for (auto& x : table)
    if (x.read)
      x.read(to, from);
}

template <class Config>
parameter_specs specs_of(const parameter_table<Config>& table) {
  parameter_specs result;
  for (auto& x : table)
    result.push_back(x.spec);
  return result;
}

} // namespace vpaas
