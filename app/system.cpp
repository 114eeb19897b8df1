#include "system.hpp"

#include "messages/protocol.hpp"
#include "messages/registry.hpp"

#include <caf/atom.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace vpaas {

tls_files tls_paths(const settings& x) {
  return {x.get<std::string>("openssl", "certificate"),
          x.get<std::string>("openssl", "key"),
          x.get<std::string>("openssl", "cafile")};
}

link_profile profile_of(const std::string& network) {
  return network == "lan" ? lan_profile() : wan_profile();
}

std::string data_folder(const settings& x) {
  auto given = x.get<std::string>("store", "folder");
  if (!given.empty())
    return given;
  std::filesystem::path base = "."; // a service without a home
  if (auto data = std::getenv("XDG_DATA_HOME"); data && *data)
    base = data;
  else if (auto home = std::getenv("HOME"); home && *home)
    base = std::filesystem::path{home} / ".local/share";
  return base / "vpaas" / x.get<std::string>("node", "name");
}

node_system_config::node_system_config(const settings& x, bool tls) {
  register_messages(*this);
  load<caf::io::middleman>();
  auto profile = profile_of(x.get<std::string>("node", "network"));
  set("middleman.heartbeat-interval", profile.caf_heartbeat);
  set("middleman.connection-timeout", profile.caf_timeout);
  set("middleman.app-identifiers", std::vector<std::string>{wire_format});
  // Not the four at least that CAF takes by itself: of those that have nothing
  // to do one is woken for each message, which costs more than most handlers.
  auto threads = x.get<size_t>("scheduler", "max-threads");
  if (threads == 0)
    threads = std::max<size_t>(2, std::thread::hardware_concurrency());
  set("scheduler.max-threads", threads);
  auto sharing = x.get<std::string>("scheduler", "policy") == "sharing";
  set("scheduler.policy",
      sharing ? caf::atom("sharing") : caf::atom("stealing"));
  set("logger.file-verbosity", caf::atom("quiet"));
  set("logger.console-verbosity", caf::atom("quiet"));
  if (tls) {
    auto files = tls_paths(x);
    openssl_certificate = files.certificate;
    openssl_key = files.key;
    openssl_cafile = files.cafile;
    load<caf::openssl::manager>();
  }
}

} // namespace vpaas
