#pragma once

#include "run_nodes.hpp"
#include "run_report.hpp"

#include <functional>
#include <string>

namespace vpaas {

/// A folder that goes with this object.
struct scratch_folder {
  scratch_folder();

  scratch_folder(const scratch_folder&) = delete;

  scratch_folder& operator=(const scratch_folder&) = delete;

  ~scratch_folder();

  std::string path;
};

/// Called some ten times a second with the seconds since the stream was added;
/// an error ends the run.
using each_moment = std::function<caf::error(double)>;

/// Adds a stream to those nodes and follows it to its end, with progress on a
/// terminal.
/// @param lines file for every result as a line of JSON; empty: none
caf::expected<run_outcome> run_stream(run_nodes& nodes, const json& stream,
                                      const std::string& lines,
                                      const each_moment& then = {});

} // namespace vpaas
