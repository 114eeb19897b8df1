#pragma once

#include "runtime/media/network_input.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace vpaas {

/// Outputs that a kernel computes at a time: rows are padded to a multiple.
inline constexpr int lanes = 16;

/// Samples that kernels may read behind the last one of a row.
inline constexpr int overrun = 96;

/// Which two neighbours of a source row make each output, and how.
struct taps {
  /// Left neighbour, in samples from the start of the row; padded to `lanes`.
  std::vector<int32_t> index;
  /// Weights of left (low half) and right neighbour, in 1/16384.
  std::vector<uint32_t> weights;
  /// For each group of `lanes` outputs its first sample, and for each output
  /// the places of both neighbours from there. Groups that span 64 samples or
  /// more have no places: `spread` is true then.
  std::vector<int32_t> base;
  std::vector<uint16_t> places;
  bool spread = false;
};

/// A channel c is y * of_y + u * of_u[c] + v * of_v[c] + offset[c], within
/// [low, high]; y, u, v are integers in 1/2^20 of a level.
struct color_transform {
  std::array<float, 3> of_y, of_u, of_v, offset, low, high;
};

/// One row of output: interpolated rows of Y, U, V in, three channels out.
struct row_job {
  std::array<const int16_t*, 3> rows; ///< samples in 1/64 of a level
  const taps* luma;
  const taps* chroma;
  const color_transform* color;
  int width; ///< of the output; channels have room for a multiple of `lanes`
  std::array<float*, 3> channels;
  /// The result is larger than the caches that are ours alone: written past
  /// them, it need not be read before. Needs rows at multiples of 64 bytes.
  bool past_caches = false;
};

/// The loops that take the time, in one version an instruction set.
struct pixel_kernels {
  /// out[i] = 64 * (a[i] + (b[i] - a[i]) * weight / 32768) for i < n. Reads and
  /// writes up to 32 samples more.
  void (*blend)(const uint8_t* a, const uint8_t* b, int weight, int n,
                int16_t* out);
  void (*convert)(const row_job& job);
  /// Makes rows that were written past the caches visible to other threads.
  void (*finish)();
  /// out[i] = in[i] as bfloat16, to the nearest, ties to even.
  void (*to_bf16)(const float* in, int n, uint16_t* out);
};

/// Returns the kernels of `use`, or of the best set below that exists here.
const pixel_kernels& kernels(instruction_set use);

} // namespace vpaas
