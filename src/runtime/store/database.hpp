#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>

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
/// it is committed (WAL, synchronous), whatever happens to process or power;
/// missing folders are made. Throws what `explain` understands.
void open_session(const database_config& cfg, soci::session& out);

/// What the exception that is being handled means: ec::io with cause and
/// remedy.
/// @param verb what failed: "write results to"
caf::error explain(const std::string& verb, const std::string& connection);

} // namespace vpaas
