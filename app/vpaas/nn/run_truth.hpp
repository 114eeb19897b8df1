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
  /// Read where it is there, in any format of `truth_formats`; written, as
  /// lines, with what the model says where it is not.
  std::string file;

  /// @param frames those that the run answered
  /// @returns ec::bad_input with file and place, ec::io, or what a model says
  caf::expected<marked_video> find(const std::string& camera,
                                   const std::vector<uint64_t>& frames,
                                   const run_plan& plan, uint64_t every) const;
};

} // namespace vpaas
