#pragma once

#include "runtime/result.hpp"

#include <string>
#include <vector>

namespace vpaas {

/// What somebody wants to see of results, and how.
struct result_wishes {
  std::string node;   ///< empty: all fogs that answer
  std::string ledger; ///< a database instead of a node
  result_query query;
  bool follow = false;
  bool lines = false; ///< JSON
};

/// Prints results of one fog.
/// @param node its name, where there are several; else empty
/// @returns false where the output is closed
bool print_results(const std::vector<frame_result>& xs,
                   const result_wishes& want, const std::string& node);

} // namespace vpaas
