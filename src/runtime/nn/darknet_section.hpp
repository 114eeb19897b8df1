#pragma once

#include "runtime/nn/darknet.hpp"
#include "runtime/nn/ini.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace vpaas {

/// Says which line cannot be built, why, and what to do about it; caught in
/// `parse_darknet`.
struct unbuildable : std::runtime_error {
  unbuildable(int line, const std::string& cause,
              const std::string& remedy = "compare the file with where it is "
                                          "from")
    : std::runtime_error("line " + std::to_string(line) + ": " + cause + "; "
                         + remedy) {
    // nop
  }
};

/// The values of one section of a `.cfg`, with range checks. Throws
/// `unbuildable`.
class darknet_section {
public:
  explicit darknet_section(const ini_section& x) : section_(x) {
    // nop
  }

  int line() const {
    return section_.line;
  }

  /// What the section describes, whichever of darknet's names it has.
  std::string name() const;

  int integer(const char* key, int fallback, int min, int max) const;

  /// Any number but 0 is yes, as in C.
  bool flag(const char* key) const {
    return integer(key, 0, -1000, 1000) != 0;
  }

  std::vector<double> numbers(const char* key) const;

  activation then(activation fallback) const;

  /// Throws where a key asks for arithmetic, or for a way through the weights,
  /// that is not built.
  void refuse_others() const;

  /// Throws because layers of this type are not built.
  [[noreturn]] void refuse_type() const;

private:
  const ini_section& section_;
};

} // namespace vpaas
