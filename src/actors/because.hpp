#pragma once

#include "runtime/error.hpp"

#include <caf/atom.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <string>

namespace vpaas {

/// The error of one that ends because of another: the text is its own, the code
/// that of its cause where it is ours, because it names the remedy. A cause may
/// be none: also what ends normally may be one end too many.
inline caf::error because(std::string text, const caf::error& cause) {
  auto message = caf::make_message(std::move(text));
  if (cause && cause.category() == caf::atom("vpaas"))
    return {cause.code(), cause.category(), std::move(message)};
  return {static_cast<uint8_t>(caf::sec::runtime_error), caf::atom("system"),
          std::move(message)};
}

} // namespace vpaas
