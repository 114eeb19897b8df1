#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace vpaas {

/// Types of numbers that weight files hold.
enum class element : uint8_t {
  f32,
  f64,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
};

/// Bytes of one value.
size_t size_of(element x);

/// By PyTorch's name of the storage ("FloatStorage").
std::optional<element> element_of_storage(std::string_view name);

/// By the name in a safetensors header ("F32").
std::optional<element> element_of_safetensors(std::string_view name);

/// Returns value `index` of the little-endian array at `data` as a float.
float value_at(const char* data, size_t index, element type);

/// Where a tensor lies in an array of values.
struct strided {
  std::vector<int64_t> shape, strides;
  int64_t offset = 0;
};

/// Number of values of `x`, or nothing where a size is negative, the sum of
/// its places overflows, or one lies outside of an array of `available` values.
/// An expanded tensor (stride 0) has more values than its array: whoever copies
/// it bounds what it may ask for.
std::optional<size_t> count(const strided& x, uint64_t available);

/// Copies `x` to row-major floats. @pre `count(x, ...)` has a value
std::vector<float> gather(const char* data, element type, const strided& x);

} // namespace vpaas
