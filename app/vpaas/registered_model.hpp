#pragma once

#include "runtime/blob.hpp"
#include "runtime/registry_records.hpp"

#include <caf/expected.hpp>

#include <string>
#include <vector>

namespace vpaas {

struct registered_file {
  artifact_file what;
  std::string path; ///< on this machine
};

/// Something that is to be registered, with its files.
struct registered_model {
  artifact what;
  std::vector<registered_file> files;
};

/// A model of the zoo of this machine, under the same name.
caf::expected<registered_model> model_of_zoo(const std::string& name,
                                             const std::string& zoo_path);

/// Heads (one `.json`), or a model that `vpaas model import` makes of files.
caf::expected<registered_model>
model_of_files(const std::string& name, const std::vector<std::string>& paths,
               const std::string& like);

/// A function: a shared library (`.so`), or Lua. Starts a process that loads
/// it. @returns ec::bad_config with what is wrong with it
caf::expected<registered_model> function_of_file(const std::string& path);

caf::expected<blob> read_registered(const registered_file& x);

/// Whether a card is a detector's.
bool is_detector(const std::string& card);

} // namespace vpaas
