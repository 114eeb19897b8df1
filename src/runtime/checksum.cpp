#include "runtime/checksum.hpp"

#include <algorithm>

namespace vpaas {

namespace {

constexpr uint64_t p1 = 0x9E3779B185EBCA87;
constexpr uint64_t p2 = 0xC2B2AE3D27D4EB4F;
constexpr uint64_t p3 = 0x165667B19E3779F9;
constexpr uint64_t p4 = 0x85EBCA77C2B2AE63;
constexpr uint64_t p5 = 0x27D4EB2F165667C5;
constexpr size_t stripe_bytes = 32;

constexpr uint64_t rotate(uint64_t x, int bits) {
  return x << bits | x >> (64 - bits);
}

constexpr uint64_t round(uint64_t lane, uint64_t input) {
  return rotate(lane + input * p2, 31) * p1;
}

/// Little endian whatever the machine is; compilers make one load of it.
template <size_t N>
uint64_t read(const uint8_t* bytes) {
  uint64_t result = 0;
  for (size_t i = 0; i < N; ++i)
    result |= static_cast<uint64_t>(bytes[i]) << (8 * i);
  return result;
}

uint64_t finish(uint64_t hash, const uint8_t* bytes, size_t n) {
  for (; n >= 8; bytes += 8, n -= 8)
    hash = rotate(hash ^ round(0, read<8>(bytes)), 27) * p1 + p4;
  for (; n >= 4; bytes += 4, n -= 4)
    hash = rotate(hash ^ read<4>(bytes) * p1, 23) * p2 + p3;
  for (; n > 0; ++bytes, --n)
    hash = rotate(hash ^ *bytes * p5, 11) * p1;
  hash = (hash ^ hash >> 33) * p2;
  hash = (hash ^ hash >> 29) * p3;
  return hash ^ hash >> 32;
}

} // namespace

std::array<uint64_t, 4> checksum::initial() {
  return {p1 + p2, p2, 0, 0 - p1};
}

void checksum::mix(const uint8_t* stripe) {
  for (size_t i = 0; i < lanes_.size(); ++i)
    lanes_[i] = round(lanes_[i], read<8>(stripe + 8 * i));
}

void checksum::update(const uint8_t* bytes, size_t n) {
  auto held = total_ % stripe_bytes;
  total_ += n;
  if (held != 0) {
    auto taken = std::min(n, stripe_bytes - held);
    std::copy_n(bytes, taken, rest_.begin() + held);
    if (held + taken < stripe_bytes)
      return;
    mix(rest_.data());
    bytes += taken;
    n -= taken;
  }
  for (; n >= stripe_bytes; bytes += stripe_bytes, n -= stripe_bytes)
    mix(bytes);
  std::copy_n(bytes, n, rest_.begin());
}

uint64_t checksum::value() const {
  auto hash = p5;
  if (total_ >= stripe_bytes) {
    hash = rotate(lanes_[0], 1) + rotate(lanes_[1], 7) + rotate(lanes_[2], 12)
           + rotate(lanes_[3], 18);
    for (auto lane : lanes_)
      hash = (hash ^ round(0, lane)) * p1 + p4;
  }
  return finish(hash + total_, rest_.data(), total_ % stripe_bytes);
}

uint64_t checksum_of(const uint8_t* bytes, size_t n) {
  checksum result;
  result.update(bytes, n);
  return result.value();
}

} // namespace vpaas
