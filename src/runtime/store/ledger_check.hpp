#pragma once

#include "runtime/store/database.hpp"

namespace vpaas {

/// Whether `ledger::open` would do: the database is there and ours, or can be
/// made. Changes nothing. @returns its errors
caf::error check_ledger(database_config cfg);

/// Whether this user can write a file, or make it with the folders above it.
/// @returns ec::io
caf::error check_writable(const std::string& file);

} // namespace vpaas
