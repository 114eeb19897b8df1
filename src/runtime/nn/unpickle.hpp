#pragma once

#include "runtime/nn/element.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vpaas {

/// What a pickle describes, as plain data. Objects of unknown classes become
/// `opaque`: no name in a file is ever looked up, called or imported.
struct pickled {
  using ref = uint32_t; ///< index into `pickle::values`

  /// An array of numbers that is kept elsewhere in the file.
  struct storage {
    std::string key;
    element type = element::f32;
    int64_t values = 0;
  };

  enum class kind : uint8_t {
    none,
    number,
    text,
    sequence,
    dictionary,
    global,
    stored,
    tensor,
    opaque,
  };

  kind is = kind::none;
  int64_t number = 0;
  std::string text;       ///< of text; "module.name" of a global and of what
                          ///< an opaque value was made by
  std::vector<ref> items; ///< of a sequence; keys and values by turns
  storage data;           ///< of a storage and a tensor
  strided layout;         ///< of a tensor
};

/// The values of one pickle. They refer to each other by index, so that a
/// cycle does no harm and destruction never recurses.
struct pickle {
  std::deque<pickled> values;
  pickled::ref root = 0;
  size_t bytes = 0; ///< how far it reached into the text

  const pickled& operator[](pickled::ref i) const {
    return values[i];
  }

  const pickled& top() const {
    return values[root];
  }
};

/// Reads the pickle at the start of `bytes`, protocols 2 to 4 as PyTorch writes
/// them; nothing where it is truncated, damaged, uses an opcode beyond that, or
/// asks for memory out of proportion to its own length.
std::optional<pickle> unpickle(std::string_view bytes);

} // namespace vpaas
