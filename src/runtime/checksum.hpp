#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace vpaas {

/// XXH64 with seed 0 (xxHash specification 0.1.1) of bytes that come in
/// pieces. It finds accidents, not forgeries: about 8 bytes a nanosecond.
class checksum {
public:
  void update(const uint8_t* bytes, size_t n);

  /// Returns the checksum of everything so far.
  uint64_t value() const;

private:
  void mix(const uint8_t* stripe);

  std::array<uint64_t, 4> lanes_ = initial();
  std::array<uint8_t, 32> rest_{}; // less than a stripe
  uint64_t total_ = 0;

  static std::array<uint64_t, 4> initial();
};

/// Returns the checksum of `n` bytes.
uint64_t checksum_of(const uint8_t* bytes, size_t n);

} // namespace vpaas
