#pragma once

#include "runtime/json.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <optional>
#include <string>

namespace vpaas {

/// Writes a file whole or not at all. @returns ec::io
caf::error write_json_file(const std::string& path, const json& x);

/// Reads it; nothing where there is no such file.
/// @returns ec::bad_input where it is damaged
caf::expected<std::optional<json>> read_json_file(const std::string& path);

/// The same of a struct; as it is made where there is no such file.
template <class T>
caf::expected<T> read_struct_file(const std::string& path) {
  T result{};
  auto found = read_json_file(path);
  if (!found)
    return std::move(found.error());
  if (!*found)
    return result;
  if (auto err = from_json_value(**found, result, ""))
    return caf::make_error(ec::bad_input,
                           "failed to read " + path + ": " + cause_of(err));
  return result;
}

} // namespace vpaas
