#include "runtime/store/ledger_check.hpp"

#include "runtime/error.hpp"
#include "runtime/store/ledger_schema.hpp"

#include <soci/soci.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <unistd.h>

namespace vpaas {

namespace {

namespace fs = std::filesystem;

caf::error cannot(const std::string& what, const std::string& remedy) {
  return caf::make_error(ec::io, "failed to " + what + ": "
                                   + std::strerror(errno) + "; " + remedy);
}

} // namespace

caf::error check_writable(const std::string& file) {
  fs::path x{fs::absolute(file)};
  if (::access(x.c_str(), F_OK) == 0 && ::access(x.c_str(), W_OK) != 0)
    return cannot("write " + x.string(), "let this user write it");
  do
    x = x.parent_path();
  while (::access(x.c_str(), F_OK) != 0 && x != x.root_path());
  if (::access(x.c_str(), W_OK | X_OK) != 0)
    return cannot("make files in " + x.string(),
                  "let this user write there, or name another folder in "
                  "store.folder");
  return caf::none;
}

caf::error check_ledger(database_config cfg) {
  auto place = parse_connection(cfg.connection);
  if (!place)
    return std::move(place.error());
  if (place->sqlite) {
    if (auto err = check_writable(place->target))
      return err;
    if (::access(place->target.c_str(), F_OK) != 0)
      return caf::none; // it will be made
  }
  cfg.read_only = true;
  try {
    soci::session sql;
    open_session(cfg, sql);
    check_layout(sql, place->sqlite);
    return caf::none;
  } catch (...) {
    return explain("open the ledger", cfg.connection);
  }
}

} // namespace vpaas
