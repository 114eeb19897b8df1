#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace vpaas {

/// Reads the first bits of a NAL unit's payload, emulation prevention bytes
/// left out (H.264 7.3.1.1, HEVC 7.3.1.1). Beyond the end, or beyond what it
/// keeps, bits are 0 and `good` is false.
class bit_reader {
public:
  /// @param data behind the unit's header
  bit_reader(const uint8_t* data, size_t size) {
    auto zeros = 0;
    for (size_t i = 0; i < size && size_ < bytes_.size(); ++i) {
      if (zeros >= 2 && data[i] == 3) {
        zeros = 0;
        continue;
      }
      zeros = data[i] == 0 ? zeros + 1 : 0;
      bytes_[size_++] = data[i];
    }
  }

  bool good() const {
    return at_ <= 8 * size_;
  }

  /// @pre `count <= 32`
  uint32_t bits(unsigned count) {
    uint32_t result = 0;
    for (unsigned i = 0; i < count; ++i, ++at_)
      result = result << 1 | (at_ < 8 * size_ ? bit(at_) : 0);
    return result;
  }

  bool flag() {
    return bits(1) != 0;
  }

  void skip(size_t count) {
    at_ += count;
  }

  /// ue(v), H.264 9.1.
  uint32_t exp_golomb() {
    unsigned zeros = 0;
    while (good() && zeros < 32 && bits(1) == 0)
      ++zeros;
    if (zeros >= 32 || !good())
      return 0;
    return (uint32_t{1} << zeros) - 1 + bits(zeros);
  }

  /// se(v), H.264 9.1.1.
  int32_t signed_exp_golomb() {
    auto x = exp_golomb();
    auto half = static_cast<int32_t>((uint64_t{x} + 1) / 2);
    return x % 2 == 1 ? half : -half;
  }

private:
  uint32_t bit(size_t i) const {
    return bytes_[i / 8] >> (7 - i % 8) & 1u;
  }

  std::array<uint8_t, 512> bytes_;
  size_t size_ = 0;
  size_t at_ = 0;
};

} // namespace vpaas
