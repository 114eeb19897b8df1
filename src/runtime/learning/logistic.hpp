#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vpaas {

/// Rows of numbers without gaps, in memory of another.
struct row_view {
  const float* data = nullptr;
  size_t rows = 0, width = 0;

  const float* operator[](size_t i) const {
    return data + i * width;
  }
};

/// Fits logistic regression: the weights w that minimise
///   sum over rows of log(1 + exp(-y w x)) + 1/2 sum of penalty (w - from)^2,
/// y being 1 or -1. Newton's method; each step solved by conjugate gradients,
/// so that no matrix of width x width is ever made (trust region Newton of
/// LIBLINEAR, Lin, Weng and Keerthi 2008, with halved steps in place of the
/// region). Deterministic. Costs about 200 passes over the rows.
/// @param use indices of the rows that count @param yes for each row of `xs`
/// @param penalty [width], each above 0 @param from [width]; empty: zeros
std::vector<float> fit_logistic(row_view xs, const std::vector<uint32_t>& use,
                                const std::vector<uint8_t>& yes,
                                const std::vector<float>& penalty,
                                const std::vector<float>& from = {});

} // namespace vpaas
