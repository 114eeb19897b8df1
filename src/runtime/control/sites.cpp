#include "runtime/control/sites.hpp"

namespace vpaas {

demand demand_of(const stream_wants& x, const rung& how) {
  return {how.fog * x.load, how.kbit_s * x.load, how.cloud * x.load};
}

bool allows(const stream_wants& x, const rung& how, double way_ms) {
  return how.quality >= x.least_quality && how.ms + way_ms <= x.most_ms
         && how.kbit_s * x.load <= x.most_kbit_s;
}

double value_of(const stream_wants& x, const rung& how, double way_ms,
                bool helped, const worths& worth) {
  return x.weight * (how.quality - worth.second * (how.ms + way_ms) / 1e3)
         - worth.device * how.cloud * x.load - (helped ? worth.help : 0);
}

} // namespace vpaas
