#include "actors/control/data_store.hpp"
#include "actors/control/monitor.hpp"
#include "actors/gateway/gateway.hpp"
#include "actors/gateway/notices.hpp"
#include "actors/trace_exporter.hpp"
#include "functions.hpp"
#include "kinds.hpp"
#include "pipeline_list.hpp"
#include "runtime/address.hpp"
#include "runtime/error.hpp"
#include "runtime/http/trace_collector.hpp"
#include "runtime/http/webhook.hpp"
#include "runtime/node/tls.hpp"
#include "runtime/private_folder.hpp"
#include "runtime/shipped.hpp"
#include "spawn.hpp"
#include "system.hpp"
#include "traces.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

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

caf::expected<caf::actor>
spawn_gateway(const spawn_context& x, const std::string& folder,
              const tracing& traces, const std::function<json()>& models) {
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
  cfg.traces = traces;
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

/// The first line of a file; empty where none is named.
caf::expected<std::string> secret_in(const std::string& path) {
  std::string result;
  if (path.empty())
    return result;
  std::ifstream in{path};
  if (!std::getline(in, result) || result.empty())
    return caf::make_error(ec::bad_config,
                           "failed to read " + path
                             + "; it holds a secret in its first line");
  return result;
}

caf::expected<caf::actor> spawn_webhook(const spawn_context& x,
                                        const std::string& folder) {
  webhook_config to;
  to.url = x.parameters.get<std::string>("url");
  to.cafile = x.parameters.get<std::string>("cafile");
  auto secret = secret_in(x.parameters.get<std::string>("secret"));
  if (!secret)
    return std::move(secret.error());
  to.secret = std::move(*secret);
  auto hook = webhook::open(std::move(to));
  if (!hook)
    return std::move(hook.error());
  make_private_folder(folder);
  outlet_config cfg;
  cfg.node = x.node;
  cfg.what = "webhook";
  cfg.position = folder + "/webhook.position";
  cfg.tell = [hook = std::make_shared<webhook>(std::move(*hook))](
               const std::vector<notice>& xs) {
    return hook->post(webhook_body(xs), caf::make_timestamp());
  };
  return spawn_as_told(x, outlet, std::move(cfg));
}

caf::expected<caf::actor> spawn_mqtt(const spawn_context& x,
                                     const std::string& folder,
                                     const std::string& node) {
  mqtt_topics topics{x.parameters.get<std::string>("prefix"),
                     x.parameters.get<std::string>("discovery")};
  mqtt_config to;
  to.url = x.parameters.get<std::string>("url");
  to.cafile = x.parameters.get<std::string>("cafile");
  to.client = topics.prefix + "-" + node;
  to.state = topics.prefix + "/state";
  auto password = secret_in(x.parameters.get<std::string>("password"));
  if (!password)
    return std::move(password.error());
  to.password = std::move(*password);
  auto client = mqtt_client::open(to);
  if (!client)
    return std::move(client.error());
  make_private_folder(folder);
  auto shared = std::make_shared<mqtt_client>(std::move(*client));
  outlet_config cfg;
  cfg.node = x.node;
  cfg.what = "mqtt";
  cfg.position = folder + "/mqtt.position";
  cfg.states = true;
  cfg.results = x.parameters.get<bool>("results");
  cfg.generation = [shared] { return shared->connects(); };
  cfg.tell = [shared, topics](const std::vector<notice>& xs) {
    return shared->publish(mqtt_messages(xs, topics), std::chrono::seconds(4));
  };
  return spawn_as_told(x, outlet, std::move(cfg));
}

caf::error check_webhook(const document& x) {
  webhook_config to;
  to.url = x.get<std::string>("url");
  auto opened = webhook::open(std::move(to));
  return opened ? caf::error{} : std::move(opened.error());
}

post_target collector_of(const document& x) {
  return {"collector of traces", x.get<std::string>("endpoint"),
          x.get<std::string>("cafile"), std::chrono::seconds(4)};
}

caf::expected<caf::actor> spawn_trace_exporter(const spawn_context& x) {
  auto to = trace_collector::open(collector_of(x.parameters), VPAAS_VERSION);
  if (!to)
    return std::move(to.error());
  trace_exporter_config cfg;
  cfg.max_waiting = x.parameters.get<size_t>("waiting");
  cfg.send = [to = std::make_shared<trace_collector>(std::move(*to))](
               const std::vector<span>& xs) { return to->send(xs); };
  return spawn_as_told(x, trace_exporter, std::move(cfg));
}

actor_kind trace_kind() {
  return {trace_exporter_state::name,
          "sends a collector of OpenTelemetry where keyframes' time went",
          {text("endpoint", "", "http[s]://HOST:PORT, without /v1/traces"),
           text("cafile", "", "who signs it, PEM; empty: the system's"),
           integer("waiting", 4096, 1, 1e6, "spans that wait for it")},
          true,
          spawn_trace_exporter,
          nullptr,
          [](const document& x) {
            auto opened = trace_collector::open(collector_of(x), VPAAS_VERSION);
            return opened ? caf::error{} : std::move(opened.error());
          }};
}

actor_kinds notify_kinds(const std::string& folder, const std::string& node) {
  auto ca = text("cafile", "", "who signs it, PEM; empty: the system's");
  return {
    {"webhook",
     "tells an address of events and alarms",
     {text("url", "", "https://HOST/PATH"),
      text("secret", "", "file with the key of signatures"), ca},
     true,
     [folder](const spawn_context& x) { return spawn_webhook(x, folder); },
     nullptr,
     check_webhook},
    {"mqtt",
     "tells a broker of events, alarms, states and results",
     {text("url", "", "mqtt[s]://[USER@]HOST[:PORT]"),
      text("password", "", "file with the user's password"), ca,
      text("prefix", "vpaas", "first part of topics"),
      text("discovery", "", "the same, of Home Assistant; empty: none"),
      flag("results", false, "every result")},
     true,
     [folder, node](const spawn_context& x) {
       return spawn_mqtt(x, folder, node);
     },
     nullptr,
     [](const document& x) {
       return mqtt_client::check(x.get<std::string>("url"));
     }}};
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
  actor_kind page{
    "gateway",
    "page and API over HTTPS",
    {text("listen", "127.0.0.1:4780", "host:port"),
     text("certificate", "", "PEM; empty: one is made"),
     text("key", "", "of the certificate, PEM"),
     integer("connections", 256, 8, 10'000, "at a time")},
    true,
    [folder, models, traces = traces_of(config)](const spawn_context& x) {
      return spawn_gateway(x, folder, traces, models);
    }};
  actor_kinds result{std::move(store), std::move(watch), std::move(page)};
  for (auto& x : notify_kinds(folder, config.get<std::string>("node", "name")))
    result.push_back(std::move(x));
  result.push_back(trace_kind());
  for (auto& x : learning_kinds(config))
    result.push_back(std::move(x));
  return result;
}

} // namespace vpaas
