#pragma once

#include "runtime/store/cells.hpp"

#include <string>
#include <vector>

namespace soci {

class session;

} // namespace soci

namespace vpaas {

// The tables of a ledger and how those of earlier versions become them.
//
// `ledger_schema` has one row: the version, and how many rows are kept. They
// are counted as they come and go, for to count ten million takes a second: who
// deletes some by hand drops this table too, and it is made anew. Version 1, of
// commit 9b31756, had no such table.
//
// A new member of `frame_result` is a new column, and needs nothing: it is
// added with the value that a result without it has. A member that is gone
// stays as a column that nobody reads. What changes the meaning of a column,
// its name or its type needs a new version with its statements in
// `ledger_migrations`; without them the rows of before are read as something
// that they are not. A name of an enumeration is in the rows and must stay.

/// Makes a ledger of version `to - 1` one of version `to`.
struct ledger_migration {
  long long to = 0;
  std::vector<std::string> statements; ///< that every database understands
};

/// In the order of `to`; the last is the present version.
inline const std::vector<ledger_migration> ledger_migrations{{2, {}}};

/// What a version of this program makes of a ledger.
struct ledger_layout {
  cells columns; ///< with the values of a result that lacks them
  std::vector<ledger_migration> migrations = ledger_migrations;
};

/// A column of a table that is there.
struct table_column {
  std::string name;
  bool is_text = false;
};

/// The columns of `results`; none: there is no such table.
std::vector<table_column> columns_in(soci::session& sql, bool sqlite);

/// Whether this version can work with the tables that are there, or there are
/// none. Changes nothing. Throws what `explain` understands.
void check_layout(soci::session& sql, bool sqlite);

/// Makes the tables, or brings them up to date, whole or not at all. One of a
/// newer version is refused; columns that this one does not know are no newer
/// version. Throws what `explain` understands.
void bring_up_to_date(soci::session& sql, bool sqlite,
                      const ledger_layout& layout);

/// The value of a cell in a statement.
std::string literal(const cell& x);

} // namespace vpaas
