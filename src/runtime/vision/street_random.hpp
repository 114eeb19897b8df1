#pragma once

#include <cstdint>

namespace vpaas {

/// A number that depends on its arguments only (splitmix64): what is drawn at
/// random can be asked for in any order.
constexpr uint64_t scatter(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

/// Numbers of one thing of the scene, always the same ones.
class street_random {
public:
  constexpr explicit street_random(uint64_t seed, uint64_t a = 0,
                                   uint64_t b = 0)
    : state_(scatter(seed ^ scatter(a ^ scatter(b)))) {
    // nop
  }

  constexpr uint64_t next() {
    return state_ = scatter(state_);
  }

  /// In [0, 1).
  constexpr float uniform() {
    return float(next() >> 40) / float(1 << 24);
  }

  constexpr float between(float low, float high) {
    return low + (high - low) * uniform();
  }

  /// In [0, n).
  constexpr uint32_t below(uint32_t n) {
    return uint32_t((next() >> 32) * n >> 32);
  }

private:
  uint64_t state_;
};

} // namespace vpaas
