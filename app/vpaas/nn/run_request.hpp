#pragma once

#include "command_line.hpp"
#include "run_follow.hpp"
#include "run_nodes.hpp"
#include "run_report.hpp"
#include "run_truth.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// What `vpaas run` is asked for.
struct run_request {
  std::string camera, groups, report, results, events, draw;
  truth_choice truth;
  cost_prices prices;
  double score_from = 0;
  json stream = json::object();
  run_plan plan;
};

/// Reads the options of `vpaas run`, and checks them as far as can be without
/// starting anything. @returns ec::bad_config
caf::expected<run_request> read_run_request(command_line line);

/// Starts nodes, in a folder that goes with them, and follows the stream to its
/// end.
caf::expected<run_outcome> run_to_its_end(run_request x);

} // namespace vpaas
