#pragma once

#include <caf/error.hpp>

#include <string>
#include <vector>

namespace vpaas {

/// One system over time, as Fig. 15 of the paper shows it.
struct outage_curve {
  struct point {
    double at = 0;    ///< seconds of the stream
    double delay = 0; ///< seconds from capture to result; below 0: no result
    double f1 = 0;
  };

  std::string name;
  std::string color; ///< as SVG writes it
  std::vector<point> points;
};

/// Draws response delay and F1 over time, one above the other, as SVG.
/// @param down, up when the cloud went and came back, seconds
caf::error plot_outage(const std::vector<outage_curve>& curves, double down,
                       double up, const std::string& path);

} // namespace vpaas
