#pragma once

#include <cstddef>

namespace vpaas {

/// One step of the paper's rule on one head, ReLU(w x) [Eq. 4, 7, 8]:
///   w += rate * y * x / (w x), y being 1 or -1.
/// Print lacks the minus sign of cross-entropy [Eq. 5], with which the step
/// goes the other way, and teaches the opposite (a test shows it). x is to have
/// the length of about one, and 1 / (w x) is cut where w x is small or below
/// zero, where ReLU has no slope: else a head that starts at zero would never
/// learn.
void relu_step(float* w, const float* x, size_t width, bool yes, float rate);

} // namespace vpaas
