#include "runtime/nn/element.hpp"

#include <cstring>
#include <utility>

namespace vpaas {

namespace {

template <class T>
T load(const char* data, size_t index) {
  T result;
  std::memcpy(&result, data + index * sizeof(T), sizeof(T));
  return result;
}

float from_bits(uint32_t bits) {
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

/// IEEE half precision: 1 sign, 5 exponent, 10 mantissa bits.
float from_half(uint16_t x) {
  auto sign = uint32_t(x & 0x8000u) << 16;
  auto exponent = (x >> 10) & 31u;
  auto mantissa = uint32_t(x & 0x3ffu);
  if (exponent == 31)
    return from_bits(sign | 0x7f800000u | mantissa << 13);
  if (exponent != 0)
    return from_bits(sign | (exponent + 112) << 23 | mantissa << 13);
  auto small = float(mantissa) / 16777216.f; // 2^-24 a step
  return sign != 0 ? -small : small;
}

template <size_t N>
std::optional<element>
lookup(const std::pair<std::string_view, element> (&table)[N],
       std::string_view name) {
  for (auto& [key, value] : table)
    if (key == name)
      return value;
  return {};
}

} // namespace

size_t size_of(element x) {
  switch (x) {
    case element::f64:
    case element::i64:
    case element::u64:
      return 8;
    case element::f32:
    case element::i32:
    case element::u32:
      return 4;
    case element::f16:
    case element::bf16:
    case element::i16:
    case element::u16:
      return 2;
    default:
      return 1;
  }
}

std::optional<element> element_of_storage(std::string_view name) {
  static constexpr std::pair<std::string_view, element> table[]{
    {"FloatStorage", element::f32}, {"DoubleStorage", element::f64},
    {"HalfStorage", element::f16},  {"BFloat16Storage", element::bf16},
    {"LongStorage", element::i64},  {"IntStorage", element::i32},
    {"ShortStorage", element::i16}, {"CharStorage", element::i8},
    {"ByteStorage", element::u8},   {"BoolStorage", element::u8},
  };
  return lookup(table, name);
}

std::optional<element> element_of_safetensors(std::string_view name) {
  static constexpr std::pair<std::string_view, element> table[]{
    {"F32", element::f32},   {"F64", element::f64}, {"F16", element::f16},
    {"BF16", element::bf16}, {"I64", element::i64}, {"I32", element::i32},
    {"I16", element::i16},   {"I8", element::i8},   {"U64", element::u64},
    {"U32", element::u32},   {"U16", element::u16}, {"U8", element::u8},
    {"BOOL", element::u8},
  };
  return lookup(table, name);
}

float value_at(const char* data, size_t index, element type) {
  switch (type) {
    case element::f32:
      return load<float>(data, index);
    case element::f64:
      return float(load<double>(data, index));
    case element::f16:
      return from_half(load<uint16_t>(data, index));
    case element::bf16:
      return from_bits(uint32_t(load<uint16_t>(data, index)) << 16);
    case element::i64:
      return float(load<int64_t>(data, index));
    case element::i32:
      return float(load<int32_t>(data, index));
    case element::i16:
      return float(load<int16_t>(data, index));
    case element::i8:
      return float(load<int8_t>(data, index));
    case element::u64:
      return float(load<uint64_t>(data, index));
    case element::u32:
      return float(load<uint32_t>(data, index));
    case element::u16:
      return float(load<uint16_t>(data, index));
    default:
      return float(load<uint8_t>(data, index));
  }
}

std::optional<size_t> count(const strided& x, uint64_t available) {
  // Sizes and places stay far below 2^62 for anything that memory can hold.
  constexpr int64_t most = int64_t{1} << 40;
  if (x.shape.size() != x.strides.size() || x.offset < 0 || x.offset > most
      || available > uint64_t(most))
    return {};
  int64_t values = 1, last = x.offset;
  for (size_t i = 0; i < x.shape.size(); ++i) {
    auto n = x.shape[i], step = x.strides[i];
    if (n < 0 || step < 0 || n > most || step > most)
      return {};
    if (n == 0)
      return 0;
    if (values > most / n || (step > 0 && n - 1 > most / step))
      return {};
    values *= n;
    last += (n - 1) * step;
    if (last > most)
      return {};
  }
  if (last >= int64_t(available))
    return {};
  return size_t(values);
}

std::vector<float> gather(const char* data, element type, const strided& x) {
  size_t n = 1;
  for (auto size : x.shape)
    n *= size_t(size);
  std::vector<float> result(n);
  std::vector<int64_t> at(x.shape.size(), 0);
  auto place = x.offset;
  for (size_t i = 0; i < n; ++i) {
    result[i] = value_at(data, size_t(place), type);
    for (size_t d = x.shape.size(); d-- > 0;) {
      place += x.strides[d];
      if (++at[d] < x.shape[d])
        break;
      place -= x.strides[d] * x.shape[d];
      at[d] = 0;
    }
  }
  return result;
}

} // namespace vpaas
