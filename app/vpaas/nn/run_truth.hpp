#pragma once

#include "run_nodes.hpp"
#include "run_report.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vpaas {

/// What the results of a run are scored against.
struct truth_choice {
  std::string against; ///< "truth", a model, or "" for nothing
  /// JSON lines, `{"frame": 0, "objects": [{"where": ..., "label": "car"}]}`:
  /// read where it is there, written with what the model says where it is not.
  std::string file;

  /// @param frames those that the run answered
  /// @returns ec::bad_input with file and line, ec::io, or what a model says
  caf::expected<named_truth> find(const std::string& camera,
                                  const std::vector<uint64_t>& frames,
                                  const run_plan& plan, uint64_t every) const;
};

/// @returns ec::io, or ec::bad_input with file and line
caf::expected<named_truth> read_named_truth(const std::string& path);

/// Writes them so that `read_named_truth` reads the same. @returns ec::io
caf::error write_named_truth(const named_truth& x, const std::string& path);

} // namespace vpaas
