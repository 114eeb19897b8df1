#pragma once

#include "figure_runs.hpp"

#include <vector>

namespace vpaas {

/// A run and what it gave.
struct figure_cell {
  figure_run run;
  run_result result;
};

/// What a figure says of one run: bytes relative to those of the camera, F1 by
/// three protocols, billed frames a keyframe, money and latency.
json shown_cell(const figure_cell& x);

/// Marks of Glimpse's k, for each clip and link, the one that a user would
/// choose: the cheapest with F1 0.9 on the first 10 s, else the best there.
void choose_glimpse(std::vector<json>& cells);

/// How ours stand to each system that they are compared with, clip by clip, and
/// how the best of ours stands to the better DDS.
json relations_of(const std::vector<json>& cells);

/// Where figures were made: machine, versions, and how busy it was.
json made_here();

} // namespace vpaas
