#pragma once

#include <caf/detail/type_traits.hpp>
#include <caf/error.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/none.hpp>
#include <caf/serializer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace vpaas {

/// Immutable shared bytes: a copy is a pointer, the wire is one memcpy, and
/// its text is its size. Bulk data travels in these, never in other vectors,
/// which CAF serialises element by element.
class blob {
public:
  using buffer = std::vector<uint8_t>;

  blob() = default;

  explicit blob(buffer bytes)
    : bytes_(std::make_shared<const buffer>(std::move(bytes))) {
    // nop
  }

  /// Returns null where `size()` is 0.
  const uint8_t* data() const {
    return bytes_ ? bytes_->data() : nullptr;
  }

  size_t size() const {
    return bytes_ ? bytes_->size() : 0;
  }

  bool empty() const {
    return size() == 0;
  }

  friend bool operator==(const blob& a, const blob& b) {
    return a.bytes_ == b.bytes_
           || (a.size() == b.size()
               && std::equal(a.data(), a.data() + a.size(), b.data()));
  }

  friend bool operator!=(const blob& a, const blob& b) {
    return !(a == b);
  }

  template <class Inspector>
  friend caf::detail::enable_if_t<Inspector::reads_state,
                                  typename Inspector::result_type>
  inspect(Inspector& f, blob& x) {
    return save(f, x);
  }

  template <class Inspector>
  friend caf::detail::enable_if_t<Inspector::writes_state,
                                  typename Inspector::result_type>
  inspect(Inspector& f, blob& x) {
    return load(f, x);
  }

private:
  static caf::error save(caf::serializer& f, blob& x) {
    static buffer none;
    return f(x.bytes_ ? const_cast<buffer&>(*x.bytes_) : none);
  }

  template <class Inspector>
  static typename Inspector::result_type save(Inspector& f, blob& x) {
    auto n = x.size();
    return f(caf::meta::type_name("blob"), n);
  }

  /// Takes memory as the bytes come: their number may be a lie.
  template <class Inspector>
  static caf::error load(Inspector& f, blob& x) {
    constexpr size_t least = 64 << 10;
    size_t n = 0;
    if (auto err = f.begin_sequence(n))
      return err;
    buffer bytes;
    while (bytes.size() < n) {
      auto at = bytes.size();
      bytes.resize(std::min(n, std::max(2 * at, least)));
      if (auto err = f.apply_raw(bytes.size() - at, &bytes[at]))
        return err;
    }
    x = blob{std::move(bytes)};
    return f.end_sequence();
  }

  std::shared_ptr<const buffer> bytes_;
};

} // namespace vpaas
