#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>
#include <caf/timestamp.hpp>

#include <stdexcept>
#include <string>

namespace soci {

class session;

} // namespace soci

namespace vpaas {

/// Which database, and where.
struct database_place {
  bool sqlite = true;
  std::string target; ///< the file, or the parameters for PostgreSQL

  /// For people: without a password.
  std::string name() const;
};

/// Reads `sqlite3://FILE`, `FILE`, or
/// `postgresql://host=... dbname=... user=... password=...`.
/// @returns ec::bad_config for anything else
caf::expected<database_place> parse_connection(const std::string& text);

/// The same connection, a relative file of SQLite taken as one in `folder`.
std::string placed_in(const std::string& folder, const std::string& connection);

struct database_config {
  std::string connection;
  /// For a lock that another process holds, and for the server to answer.
  caf::timespan patience = std::chrono::seconds(2);
  bool read_only = false; ///< then a file must exist
};

/// Opens a session, one a thread. A transaction in SQLite is on the disk when
/// it is committed (WAL, synchronous), whatever happens to process or power.
/// Missing folders are made, and only this user may look into them and the
/// file. Throws what `explain` understands.
void open_session(const database_config& cfg, soci::session& out);

/// A database that a newer version, or another program, made; its text is cause
/// and remedy.
struct not_ours : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Moves the files of a database of SQLite out of the way, to be looked at.
/// @returns their new name, FILE.damaged-TIME; ec::io
caf::expected<std::string> set_aside(const std::string& connection,
                                     caf::timestamp now);

/// What the exception that is being handled means, with cause and remedy:
/// ec::bad_input where the database is proven to be damaged, ec::bad_config
/// where it is not ours; else ec::io: try again later.
/// @param verb what failed: "write results to"
caf::error explain(const std::string& verb, const std::string& connection);

} // namespace vpaas
