#include "runtime/store/database.hpp"

#include "runtime/error.hpp"
#include "runtime/private_folder.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <regex>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace vpaas {

namespace {

constexpr const char* sqlite_scheme = "sqlite3://";
constexpr const char* postgresql_scheme = "postgresql://";

bool starts_with(const std::string& x, const std::string& prefix) {
  return x.compare(0, prefix.size(), prefix) == 0;
}

// The lower byte of a code of SQLite is its kind.
const char* remedy_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return "free some space on its disk";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return "let this user write the file and its folder";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "end the other process that uses it";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "move the file away; a new one will be made";
    case SQLITE_ERROR:
      return "is it a ledger? If not, name another file in store.ledger";
    default:
      return "look at its disk";
  }
}

bool means_damage(int code) {
  return (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
}

// SQLite makes its other files with the permissions of the first.
void make_private(const std::string& file) {
  auto fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return; // SQLite says it better
  ::fchmod(fd, 0600);
  ::close(fd);
}

void open_sqlite(const database_config& cfg, const std::string& file,
                 soci::session& out) {
  namespace fs = std::filesystem;
  if (file.find('"') != std::string::npos)
    throw std::runtime_error("its name must not hold a quote");
  if (cfg.read_only && !fs::exists(file))
    throw std::runtime_error("there is no such file");
  auto folder = fs::path{file}.parent_path();
  if (!cfg.read_only) {
    if (auto code = make_private_folder(folder.string()))
      throw std::runtime_error("cannot make its folder: "
                               + std::string{std::strerror(code)});
    make_private(file);
  }
  out.open("sqlite3",
           "dbname=\"" + file + "\"" + (cfg.read_only ? " readonly=1" : ""));
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(cfg.patience);
  out << "pragma busy_timeout=" << ms.count();
  if (cfg.read_only)
    return;
  std::string mode;
  out << "pragma journal_mode=wal", soci::into(mode);
  out << "pragma synchronous=full";
  out << "pragma journal_size_limit=16777216"; // 16 MiB of WAL stay
}

void open_postgresql(const database_config& cfg, std::string parameters,
                     soci::session& out) {
  using namespace std::chrono;
  auto seconds_left = std::max(duration_cast<seconds>(cfg.patience).count(),
                               seconds::rep{2}); // libpq's least
  if (parameters.find("connect_timeout") == std::string::npos)
    parameters += " connect_timeout=" + std::to_string(seconds_left);
  out.open("postgresql", parameters);
  out << "set client_min_messages = warning";
  out << "set lock_timeout = "
      << duration_cast<milliseconds>(cfg.patience).count();
  if (cfg.read_only)
    out << "set default_transaction_read_only = on";
}

/// Messages of libpq have several lines, and some of SOCI name its functions.
std::string one_line(std::string x) {
  if (auto colon = x.find(": "); starts_with(x, "sqlite3_statement_backend::")
                                 && colon != std::string::npos)
    x.erase(0, colon + 2);
  while (!x.empty() && (x.back() == '\n' || x.back() == '.'))
    x.pop_back();
  std::replace(x.begin(), x.end(), '\n', ' ');
  return x;
}

} // namespace

std::string database_place::name() const {
  if (sqlite)
    return target;
  static const std::regex secret{"password *= *('[^']*'|[^ ]*)"};
  return postgresql_scheme + std::regex_replace(target, secret, "password=?");
}

caf::expected<database_place> parse_connection(const std::string& text) {
  database_place result;
  result.sqlite = !starts_with(text, postgresql_scheme);
  if (!result.sqlite)
    result.target = text.substr(std::string{postgresql_scheme}.size());
  else if (starts_with(text, sqlite_scheme))
    result.target = text.substr(std::string{sqlite_scheme}.size());
  else if (text.find("://") == std::string::npos)
    result.target = text;
  if (!result.target.empty())
    return result;
  return caf::make_error(ec::bad_config,
                         "failed to read the connection \"" + text
                           + "\": unknown; write sqlite3://FILE or "
                             "postgresql://host=... dbname=... user=...");
}

std::string placed_in(const std::string& folder,
                      const std::string& connection) {
  auto place = parse_connection(connection);
  if (!place || !place->sqlite)
    return connection;
  return sqlite_scheme
         + (std::filesystem::path{folder} / place->target).string();
}

void open_session(const database_config& cfg, soci::session& out) {
  auto place = parse_connection(cfg.connection);
  if (!place)
    throw std::runtime_error(cause_of(place.error()));
  if (place->sqlite)
    open_sqlite(cfg, place->target, out);
  else
    open_postgresql(cfg, place->target, out);
}

caf::expected<std::string> set_aside(const std::string& connection,
                                     caf::timestamp now) {
  auto place = parse_connection(connection);
  if (!place || !place->sqlite)
    return caf::make_error(ec::io, "failed to move a damaged database away: it "
                                   "is a server's; look at the server");
  std::time_t seconds
    = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch())
        .count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, ".damaged-%Y%m%dT%H%M%S", &parts);
  auto base = place->target + text;
  auto to = base;
  for (int i = 1; std::filesystem::exists(to); ++i)
    to = base + "-" + std::to_string(i);
  for (auto end : {"", "-wal", "-shm"})
    if (::rename((place->target + end).c_str(), (to + end).c_str()) != 0
        && errno != ENOENT)
      return caf::make_error(ec::io, "failed to move " + place->target
                                       + " away: " + std::strerror(errno)
                                       + "; move it by hand");
  return to;
}

caf::error explain(const std::string& verb, const std::string& connection) {
  auto place = parse_connection(connection);
  if (!place)
    return std::move(place.error());
  auto what = "failed to " + verb + " " + place->name() + ": ";
  try {
    throw;
  } catch (const not_ours& x) {
    return caf::make_error(ec::bad_config, what + x.what());
  } catch (const soci::sqlite3_soci_error& x) {
    return caf::make_error(means_damage(x.result()) ? ec::bad_input : ec::io,
                           what + one_line(x.get_error_message()) + "; "
                             + remedy_of(x.result()));
  } catch (const soci::soci_error& x) {
    return caf::make_error(ec::io, what + one_line(x.get_error_message())
                                     + "; look at the database server");
  } catch (const std::exception& x) {
    return caf::make_error(ec::io,
                           what + one_line(x.what()) + "; look at its disk");
  }
}

} // namespace vpaas
