#pragma once

#include "runtime/nn/card.hpp"

#include <string>
#include <utility>
#include <vector>

namespace vpaas {

/// Variables that the numeric libraries read while they are loaded, so that no
/// program can set them for itself: OPENBLAS_CORETYPE, because Debian's
/// OpenBLAS takes a new AVX-512 processor for an old one (half the speed);
/// OMP_WAIT_POLICY, because threads that spin cost a whole time slice beside
/// any other busy thread; and those of glibc's malloc, which otherwise maps the
/// tensors of each layer anew, so that a detector spends up to half of its time
/// in page faults. What the user set stays.
std::vector<std::pair<std::string, std::string>> missing_variables();

/// Starts this program again with the missing variables set; returns where
/// none is missing, or where starting failed and the program is merely slower.
/// Call it first in `main` of whatever runs networks.
void ensure_environment(char** argv);

/// Speed of a large matrix product, the best of a few, in GFLOP/s: the ceiling
/// of every network here. Takes about 0.2 s.
double measure_gflops(int threads, number_type type = number_type::fp32);

} // namespace vpaas
