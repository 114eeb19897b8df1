#pragma once

#include "runtime/error.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas::test {

/// What went wrong, empty where nothing did: BOOST_TEST_REQUIRE(why(x) == "")
/// prints the cause of a failure.
template <class T>
std::string why(const caf::expected<T>& x) {
  return x ? "" : describe(x.error());
}

inline std::string why(const caf::error& x) {
  return x ? describe(x) : "";
}

} // namespace vpaas::test
