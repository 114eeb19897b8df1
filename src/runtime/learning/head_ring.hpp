#pragma once

#include "runtime/learning/taught_crop.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace vpaas {

/// Snapshots W_1 .. W_tau of heads, the newest last.
using head_ring = std::deque<one_vs_all>;

/// The heads whose weights are a sum of those of the snapshots: for each class
/// the shares a that minimise
///   sum over lessons of (sum of a_i W_i x - y)^2 + ridge |a - e|^2  [Eq. 9],
/// y being what the head should say, and e the newest snapshot alone: print
/// pulls the shares to zero, where a head says nothing. Snapshots with other
/// classes or inputs than the newest are left out.
/// @returns the newest where there is nothing to combine
/// @pre the ring is not empty
one_vs_all combine(const head_ring& snapshots,
                   const std::vector<taught_crop>& lessons, float ridge = 1);

} // namespace vpaas
