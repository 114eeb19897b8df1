#include "runtime/metrics/cost.hpp"

namespace vpaas {

namespace {

double ratio(uint64_t a, uint64_t b) {
  return b == 0 ? 0 : double(a) / double(b);
}

} // namespace

run_cost& run_cost::operator+=(const run_cost& x) {
  keyframes += x.keyframes;
  bytes_original += x.bytes_original;
  bytes_to_cloud += x.bytes_to_cloud;
  bytes_from_cloud += x.bytes_from_cloud;
  cloud_frames += x.cloud_frames;
  return *this;
}

double run_cost::billed_per_keyframe() const {
  return ratio(cloud_frames, keyframes);
}

double run_cost::share_of_original() const {
  return ratio(bytes_to_cloud, bytes_original);
}

percentiles_ms in_ms(const histogram& x) {
  auto ms = [&](double p) { return double(x.quantile(p).count()) / 1e6; };
  return {ms(.5), ms(.95), ms(.99)};
}

void run_latency::record(const keyframe_times& x) {
  freshness.record(x.answered - x.captured);
  processing.record(x.answered - x.complete);
}

} // namespace vpaas
