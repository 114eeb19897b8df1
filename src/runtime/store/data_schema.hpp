#pragma once

#include "runtime/store/cells.hpp"

#include <string>
#include <vector>

namespace soci {

class session;

} // namespace soci

namespace vpaas {

// The tables of the data store, and how those of earlier versions become them.
// `data_schema` has one row: the version. A new member of a record, and a new
// table, need nothing; what changes the meaning, name or type of a column needs
// a new version with its statements in `data_migrations`.

/// Makes a data store of version `to - 1` one of version `to`.
struct data_migration {
  long long to = 0;
  std::vector<std::string> statements; ///< that every database understands
};

/// In the order of `to`; the last is the present version.
inline const std::vector<data_migration> data_migrations{{1, {}}};

/// A table as this version wants it.
struct data_table {
  std::string name;
  cells columns; ///< with the values of a row that lacks them
  std::string key;
  bool counted = false; ///< the key is a number that the database gives
};

/// Makes the tables, or brings them up to date, whole or not at all. Throws
/// what `explain` understands: `not_ours` for those of a newer version.
void bring_up_to_date(soci::session& sql, bool sqlite,
                      const std::vector<data_table>& tables,
                      const std::vector<data_migration>& migrations
                      = data_migrations);

} // namespace vpaas
