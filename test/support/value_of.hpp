#pragma once

#include "runtime/error.hpp"

#include <caf/expected.hpp>

#include <stdexcept>
#include <utility>

namespace vpaas::test {

/// Returns the value of `x`; an error fails the test with its text.
template <class T>
T value_of(caf::expected<T> x) {
  if (!x)
    throw std::runtime_error(describe(x.error()));
  return std::move(*x);
}

} // namespace vpaas::test
