#pragma once

#include "runtime/document.hpp"
#include "runtime/parameter.hpp"

#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <map>
#include <string>
#include <vector>

namespace vpaas {

/// A key of the configuration file: `spec.name` in `[group]`.
struct option {
  std::string group;
  parameter_spec spec;
};

/// The tiers that a node can belong to.
enum class tier : uint8_t { client, fog, cloud, backend };

constexpr auto names_of(tier) {
  return std::array{"client", "fog", "cloud", "backend"};
}

/// Every key that a node of this tier reads, with its default, in the order in
/// which `--dump-config` writes them.
std::vector<option> node_options(tier x);

/// Where one node of each tier listens by default.
std::vector<std::string> local_addresses();

/// Those of a fog and a cloud in one process.
std::vector<option> all_options();

/// Every key that the command line `vpaas` reads to talk to nodes.
std::vector<option> tool_options();

/// The one group whose keys users choose; their topologies read them.
constexpr const char* free_group = "vars";

/// A configuration that was checked whole: defaults, file, command line.
class settings {
public:
  settings(std::vector<option> options, json values)
    : options_(std::move(options)), values_(std::move(values)) {
    // nop
  }

  /// @pre `[group] key` is one of the options
  template <class T>
  T get(const std::string& group, const std::string& key) const {
    return document{values_.at(group)}.get<T>(key);
  }

  /// `{"node": {"name": "fog-1", ...}, "vars": {...}}`
  const json& values() const {
    return values_;
  }

  const std::vector<option>& options() const {
    return options_;
  }

private:
  std::vector<option> options_;
  json values_;
};

/// What a command line says of the configuration: `--group.key=value`.
using overrides = std::vector<std::pair<std::string, std::string>>;

/// Reads an INI file in CAF's syntax and checks all of it against `options`;
/// `changes` win over the file. An empty path reads no file.
/// @returns ec::bad_config with file, key, value and what is allowed; ec::io
///          where the file cannot be read.
caf::expected<settings> read_settings(const std::string& path,
                                      std::vector<option> options,
                                      const overrides& changes);

/// Writes `x` as an INI file that `read_settings` reads back, each key with its
/// explanation.
std::string to_ini(const settings& x);

/// Turns a value of CAF's INI parser into JSON; durations become text.
json to_json_value(const caf::config_value& x);

} // namespace vpaas
