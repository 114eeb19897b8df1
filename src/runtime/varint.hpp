#pragma once

#include <caf/deserializer.hpp>
#include <caf/sec.hpp>
#include <caf/serializer.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace vpaas {

/// An integer that takes as many bytes on the wire as its value needs, 7 bits
/// in each, the lowest first (LEB128); of signed ones the sign is the lowest
/// bit. CAF's own format takes all bytes of the type.
template <class T>
struct varint {
  static_assert(std::is_integral_v<T> && sizeof(T) > 1);

  T& value;
};

template <class T>
caf::error inspect(caf::serializer& sink, varint<T>& x) {
  auto rest = static_cast<uint64_t>(x.value);
  if constexpr (std::is_signed_v<T>)
    rest = (rest << 1) ^ (x.value < 0 ? ~uint64_t{0} : 0);
  for (;; rest >>= 7) {
    auto byte = static_cast<uint8_t>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    if (auto err = sink(byte); err || rest <= 0x7f)
      return err;
  }
}

/// @returns sec::runtime_error where the bytes hold more than a T can
template <class T>
caf::error inspect(caf::deserializer& source, varint<T>& x) {
  using unsigned_type = std::make_unsigned_t<T>;
  constexpr uint64_t most = std::numeric_limits<unsigned_type>::max();
  uint64_t bits = 0;
  for (int shift = 0;; shift += 7) {
    uint8_t byte = 0;
    if (auto err = source(byte))
      return err;
    uint64_t low = byte & 0x7f;
    if (shift > 63 || low > (most >> shift))
      return caf::sec::runtime_error;
    bits |= low << shift;
    if (byte <= 0x7f)
      break;
  }
  if constexpr (std::is_signed_v<T>)
    bits = (bits >> 1) ^ (bits & 1 ? ~uint64_t{0} : 0);
  x.value = static_cast<T>(bits);
  return caf::none;
}

} // namespace vpaas
