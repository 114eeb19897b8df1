#include "system.hpp"

#include "actors/lifo_slot.hpp"
#include "messages/protocol.hpp"
#include "messages/registry.hpp"
#include "runtime/error.hpp"
#include "runtime/node/secret.hpp"
#include "runtime/node/transport.hpp"

#include <caf/atom.hpp>
#include <caf/io/middleman.hpp>

#include <algorithm>
#include <filesystem>
#include <thread>

namespace vpaas {

tls_files tls_paths(const settings& x) {
  auto folder = x.get<std::string>("openssl", "folder");
  auto is_node = x.values().at("node").contains("name");
  auto name = is_node ? x.get<std::string>("node", "name") : "operator";
  auto path = [&](const char* key, const std::string& file) {
    auto given = x.get<std::string>("openssl", key);
    return given.empty() && !folder.empty() ? folder + "/" + file : given;
  };
  return {path("certificate", name + ".pem"), path("key", name + ".key"),
          path("cafile", "ca.pem"),
          x.get<std::string>("openssl", "without_role") == "anything",
          path("revoked", "revoked.pem")};
}

namespace {

/// Others would refuse a certificate without a role.
caf::expected<credentials_ptr> load_with_role(const tls_files& files) {
  auto result = credentials::load(files);
  if (!result || (*result)->role() != node_role::none)
    return result;
  return caf::make_error(ec::bad_config,
                         "openssl.certificate " + files.certificate
                           + " names no role; make another with vpaas certs "
                             "renew "
                           + (*result)->who().name
                           + " --role=ROLE, or set "
                             "openssl.without_role=anything on all nodes");
}

} // namespace

caf::expected<credentials_ptr> credentials_of(const settings& x) {
  if (auto files = tls_paths(x); files.any()) {
    auto list = x.get<std::string>("openssl", "revoked");
    if (!list.empty() && !std::filesystem::exists(list))
      return caf::make_error(ec::bad_config,
                             "openssl.revoked " + list
                               + ": no such file; vpaas certs revoke makes it");
    return load_with_role(files);
  }
  auto path = x.get<std::string>("node", "secret");
  auto secret = read_secret(path.empty() ? user_folder() + "/secret" : path);
  if (!secret)
    return std::move(secret.error());
  return credentials::from_secret(*secret);
}

link_profile profile_of(const std::string& network) {
  return network == "lan" ? lan_profile() : wan_profile();
}

std::string data_folder(const settings& x) {
  auto given = x.get<std::string>("store", "folder");
  if (!given.empty())
    return given;
  return std::filesystem::path{user_folder()}
         / x.get<std::string>("node", "name");
}

node_system_config::node_system_config(const settings& x, credentials_ptr own) {
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
  auto policy = x.get<std::string>("scheduler", "policy");
  if (policy == "lifo-slot")
    load_lifo_slot(*this);
  else
    set("scheduler.policy", caf::atom_from_string(policy));
  set("logger.file-verbosity", caf::atom("quiet"));
  set("logger.console-verbosity", caf::atom("quiet"));
  if (!own)
    return;
  transport_config transport;
  transport.own = std::move(own);
  transport.peers.message = x.get<size_t>("node", "max_message");
  transport.peers.total = 2 * transport.peers.message;
  load_transport(*this, std::move(transport));
}

} // namespace vpaas
