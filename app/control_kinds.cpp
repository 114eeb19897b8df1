#include "actors/control/data_store.hpp"
#include "actors/control/monitor.hpp"
#include "actors/gateway/gateway.hpp"
#include "functions.hpp"
#include "kinds.hpp"
#include "pipeline_list.hpp"
#include "runtime/address.hpp"
#include "runtime/node/tls.hpp"
#include "runtime/shipped.hpp"
#include "spawn.hpp"
#include "system.hpp"

#include <filesystem>
#include <iostream>

namespace vpaas {

namespace {

caf::expected<caf::actor> spawn_data_store(const spawn_context& x,
                                           const std::string& folder) {
  data_store_config cfg;
  cfg.database.connection
    = placed_in(folder, x.parameters.get<std::string>("connection"));
  cfg.database.patience = x.parameters.get<caf::timespan>("patience");
  cfg.login_lasts = x.parameters.get<caf::timespan>("login_lasts");
  cfg.login_idle = x.parameters.get<caf::timespan>("login_idle");
  cfg.audit_age = x.parameters.get<caf::timespan>("audit_age");
  // Not to the log, which is kept: it is for who starts this the first time.
  cfg.tell = [](const std::string& name, const std::string& password) {
    std::cerr << "the page's first login is " << name << " with the password "
              << password << ", which is shown this once and must be changed"
              << std::endl;
  };
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, data_store_keeper, std::move(cfg));
}

caf::expected<caf::actor> spawn_monitor(const spawn_context& x) {
  monitor_config cfg;
  cfg.node = x.node;
  cfg.period = x.parameters.get<caf::timespan>("period");
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, monitor, std::move(cfg));
}

/// The folder of the built page; empty where it was not built.
std::string page_folder() {
  auto index = std::filesystem::path{shipped_path("page/index.html")};
  std::error_code failed;
  return std::filesystem::exists(index, failed) ? index.parent_path().string()
                                                : std::string{};
}

/// As an address; port 0 is a free one.
caf::expected<std::pair<std::string, uint16_t>>
parse_listen(const std::string& text) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || text.substr(colon) != ":0")
    return parse_address(text);
  auto result = parse_address(text.substr(0, colon) + ":1");
  if (result)
    result->second = 0;
  return result;
}

caf::expected<caf::actor> spawn_gateway(const spawn_context& x,
                                        const std::string& folder,
                                        const std::function<json()>& models) {
  auto place = parse_listen(x.parameters.get<std::string>("listen"));
  if (!place)
    return std::move(place.error());
  gateway_config cfg;
  cfg.node = x.node;
  cfg.server.host = place->first;
  cfg.server.port = place->second;
  cfg.server.certificate = x.parameters.get<std::string>("certificate");
  cfg.server.key = x.parameters.get<std::string>("key");
  cfg.server.max_connections = x.parameters.get<size_t>("connections");
  cfg.server.max_streams = cfg.server.max_connections / 4 * 3;
  cfg.certificate_stem = folder + "/page";
  cfg.page = page_folder();
  cfg.known = {drawn_pipelines, [] { return to_json_value(all_functions()); },
               models, VPAAS_VERSION};
  cfg.tell = [](const std::string& address, const std::string& print) {
    std::cerr << "page on " << address << ", certificate SHA-256 " << print
              << std::endl;
  };
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, gateway, std::move(cfg));
}

} // namespace

actor_kinds control_kinds(const settings& config,
                          const std::function<json()>& models) {
  auto folder = data_folder(config);
  actor_kind store{
    "data_store",
    "keeps who may log in to page and API, and what they changed",
    {text("connection", "data.db",
          "file, sqlite3://FILE or postgresql://host=... dbname=..."),
     duration("patience", "2s", 0, 600, "for a lock or a server"),
     duration("login_lasts", "12h", 60, 86400 * 30, "at most"),
     duration("login_idle", "1h", 60, 86400 * 30, "without a request"),
     duration("audit_age", "9600h", 3600, 1e9, "of what was changed")},
    true,
    [folder](const spawn_context& x) { return spawn_data_store(x, folder); }};
  actor_kind watch{"monitor",
                   "looks at all nodes and their actors",
                   {duration("period", "1s", 0.1, 600, "between two looks")},
                   false,
                   spawn_monitor};
  actor_kind page{"gateway",
                  "page and API over HTTPS",
                  {text("listen", "127.0.0.1:4780", "host:port"),
                   text("certificate", "", "PEM; empty: one is made"),
                   text("key", "", "of the certificate, PEM"),
                   integer("connections", 256, 8, 10'000, "at a time")},
                  true,
                  [folder, models](const spawn_context& x) {
                    return spawn_gateway(x, folder, models);
                  }};
  return {std::move(store), std::move(watch), std::move(page)};
}

} // namespace vpaas
