#include "runtime/policy/clock_trust.hpp"

namespace vpaas {

clock_trust::clock_trust(caf::timestamp wall, caf::timespan steady)
  : wall_(wall), steady_(steady), since_(steady) {
  // nop
}

caf::timespan clock_trust::read(caf::timestamp wall, caf::timespan steady) {
  auto jump = (wall - wall_) - (steady - steady_);
  wall_ = wall;
  steady_ = steady;
  if (jump <= least_jump && jump >= -least_jump)
    return caf::timespan{0};
  since_ = steady;
  return jump;
}

bool clock_trust::trusted() const {
  return steady_ - since_ >= settling;
}

} // namespace vpaas
