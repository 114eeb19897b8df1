#pragma once

#include "runtime/learning/one_vs_all.hpp"
#include "runtime/nn/zoo.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// Reads one-vs-all heads: a path that ends in ".json", or the name of such a
/// file, without the ending, in the zoo's folders.
/// @returns ec::model_missing, ec::io, or ec::bad_input for what are no heads
caf::expected<one_vs_all> read_heads(const zoo& models,
                                     const std::string& name);

/// Writes heads to the file `path`, whole or not at all.
caf::error write_heads(const one_vs_all& x, const std::string& path);

} // namespace vpaas
