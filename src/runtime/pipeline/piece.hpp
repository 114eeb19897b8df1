#pragma once

#include <any>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

/// Something that is known about keyframes, on its way through a pipeline. The
/// engine never looks into `value`.
struct piece {
  std::string kind;
  std::vector<uint64_t> frames; ///< numbers of the keyframes it speaks of
  /// Those of them for which later stages have nothing to do: they are not
  /// asked.
  std::vector<uint64_t> nothing;
  std::any value;
};

using piece_ptr = std::shared_ptr<const piece>;

} // namespace vpaas
