#pragma once

#include "runtime/error.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas::test {

/// The error of `x` as text, for BOOST_REQUIRE_MESSAGE(x, why(x)); empty where
/// it has a value.
template <class T>
std::string why(const caf::expected<T>& x) {
  return x ? std::string{} : describe(x.error());
}

} // namespace vpaas::test
