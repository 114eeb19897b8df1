#pragma once

#include "support/programs.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <string>

namespace vpaas::test {

/// A street without networks; quotes because of the shell.
inline std::string street(int seconds) {
  return "--camera='synthetic://street?seed=3&size=320x180&fps=30&seconds="
         + std::to_string(seconds)
         + "' --detector=null --backup=null --classifier= --heads= ";
}

inline const std::string camera = street(3);

inline nlohmann::json report_of(const std::string& options,
                                const std::string& from = camera) {
  auto x = run("vpaas", "run " + from + "--report=- " + options);
  BOOST_TEST_REQUIRE(x.status == 0, x.text);
  return nlohmann::json::parse(x.text);
}

} // namespace vpaas::test
