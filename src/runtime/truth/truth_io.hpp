#pragma once

#include "runtime/truth/truth_format.hpp"

#include <caf/expected.hpp>

#include <string>

namespace vpaas {

/// Reads truth: a file, or a folder with all below it.
/// @param format its name; empty: what it looks like
/// @returns ec::io, or ec::bad_input with file, place, and what to do
caf::expected<read_truth_result> read_truth(const std::string& path,
                                            const std::string& format = "",
                                            const truth_reading& how = {});

/// Writes truth to a file, or to a new folder where the format is several
/// files. A file is whole or not there, whoever else writes it.
/// @returns ec::io, or ec::bad_input where the format cannot hold it
caf::error write_truth(const marked_video& x, const std::string& path,
                       const std::string& format = "lines");

} // namespace vpaas
