#include "runtime/metrics/histogram.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace vpaas {

namespace {

// 16 buckets an octave are named by the four bits below the highest one.
constexpr unsigned sub_bits = 4;

unsigned highest_bit(uint64_t x) {
  return 63u - static_cast<unsigned>(__builtin_clzll(x));
}

/// Durations below 16 ns have a bucket each.
size_t bucket_of(uint64_t ns) {
  if (ns < (1u << sub_bits))
    return ns;
  auto shift = highest_bit(ns) - sub_bits;
  return (static_cast<size_t>(shift) << sub_bits) + (ns >> shift);
}

/// The middle of a bucket.
uint64_t value_of(size_t bucket) {
  if (bucket < (2u << sub_bits))
    return bucket;
  auto shift = (bucket >> sub_bits) - 1;
  auto low = (bucket - (shift << sub_bits)) << shift;
  return low + (uint64_t{1} << shift) / 2;
}

caf::timespan rounded(caf::timespan x) {
  return std::chrono::round<std::chrono::microseconds>(x);
}

} // namespace

void histogram::record(caf::timespan x) {
  x = std::max(x, caf::timespan{0});
  ++buckets_[bucket_of(static_cast<uint64_t>(x.count()))];
  ++count_;
  max_ = std::max(max_, x);
}

caf::timespan histogram::quantile(double p) const {
  auto rank = static_cast<uint64_t>(std::ceil(p * static_cast<double>(count_)));
  if (rank >= count_)
    return max_;
  uint64_t seen = 0;
  size_t i = 0;
  for (; seen < std::max<uint64_t>(rank, 1); ++i)
    seen += buckets_[i];
  return std::min(max_, caf::timespan{static_cast<int64_t>(value_of(i - 1))});
}

latency histogram::summary() const {
  return {count_, rounded(quantile(.5)), rounded(quantile(.95)),
          rounded(quantile(.99)), rounded(max_)};
}

} // namespace vpaas
