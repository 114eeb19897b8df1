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
  worker_seconds += x.worker_seconds;
  return *this;
}

double run_cost::billed_per_keyframe() const {
  return ratio(cloud_frames, keyframes);
}

double run_cost::share_of_original() const {
  return ratio(bytes_to_cloud, bytes_original);
}

parameter_specs price_settings() {
  cost_prices x;
  return {number("frame", x.frame, 0, 1e6,
                 "price of a frame that a network of the cloud looks at"),
          number("gb", x.gb, 0, 1e6, "price of 10^9 bytes over the link"),
          number("worker_second", x.worker_second, 0, 1e6,
                 "price of a second of a worker of the cloud")};
}

cost_prices prices_of(const document& x) {
  return {x.get<double>("frame"), x.get<double>("gb"),
          x.get<double>("worker_second")};
}

run_bill bill(const run_cost& x, const cost_prices& prices) {
  run_bill result;
  result.frames = double(x.cloud_frames) * prices.frame;
  result.traffic = double(x.bytes_to_cloud + x.bytes_from_cloud) * 1e-9
                   * prices.gb;
  result.workers = x.worker_seconds * prices.worker_second;
  result.total = result.frames + result.traffic + result.workers;
  if (x.keyframes > 0)
    result.per_1000_keyframes = 1000 * result.total / double(x.keyframes);
  return result;
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
