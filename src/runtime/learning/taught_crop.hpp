#pragma once

#include "runtime/learning/head_rows.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// A crop, and what a person says that it shows.
struct taught_crop {
  std::string id;              ///< of the crop
  std::string label;           ///< empty: background
  std::vector<float> features; ///< [d], as they leave the backbone
  hinted_region place;
  std::string by{}; ///< who gave the label
};

/// Their rows as these heads look at them, [n, width]; nothing where the
/// features are not those of the backbone that the heads are for.
std::vector<float> rows_of(const one_vs_all& heads,
                           const std::vector<taught_crop>& xs);

/// What heads call a crop; empty: background.
std::string name_by(const one_vs_all& heads, const taught_crop& x);

} // namespace vpaas
