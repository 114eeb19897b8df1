#pragma once

#include <caf/error.hpp>

#include <cstddef>
#include <cstdint>

namespace vpaas {

/// Memory that two processes see, in a file that is nowhere. Owns descriptor
/// and mapping.
class shared_area {
public:
  shared_area() = default;

  /// What another process made; it may only be read.
  explicit shared_area(int descriptor);

  shared_area(const shared_area&) = delete;

  shared_area& operator=(const shared_area&) = delete;

  ~shared_area();

  /// Makes it, empty. @returns ec::io
  caf::error create();

  /// Opens it once more, to be read only. @returns a descriptor, -1 on failure
  int reader() const;

  /// Makes it larger, by its maker, or sees more of it. @returns ec::io
  caf::error grow(size_t bytes);

  uint8_t* data() const {
    return data_;
  }

  size_t size() const {
    return size_;
  }

private:
  int descriptor_ = -1;
  bool mine_ = false;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

} // namespace vpaas
