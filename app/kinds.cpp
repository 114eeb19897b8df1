#include "kinds.hpp"

#include "actors/bulk_receiver.hpp"
#include "actors/link.hpp"
#include "runtime/address.hpp"
#include "runtime/error.hpp"
#include "system.hpp"

namespace vpaas {

namespace {

/// Spawns `f` as its topology says: on the scheduler or on its own thread.
template <class F, class... Ts>
caf::actor spawn_as_told(const spawn_context& x, F f, Ts&&... args) {
  if (x.detached)
    return caf::actor_cast<caf::actor>(
      x.system.spawn<caf::detached>(f, std::forward<Ts>(args)...));
  return caf::actor_cast<caf::actor>(
    x.system.spawn(f, std::forward<Ts>(args)...));
}

caf::expected<caf::actor> spawn_link(const spawn_context& x,
                                     const std::string& network) {
  auto to = x.parameters.get<std::string>("to");
  auto place = parse_address(to);
  if (!place)
    return place.error();
  link_config cfg;
  cfg.host = place->first;
  cfg.port = place->second;
  cfg.node = x.node;
  cfg.tls = x.system.has_openssl_manager();
  cfg.profile = profile_of(network);
  if (auto err = cfg.validate())
    return err;
  return spawn_as_told(x, link, std::move(cfg));
}

/// A link is known by what it leads to.
actor_kind link_to(tier where, const settings& config) {
  auto network = config.get<std::string>("node", "network");
  return {to_string(where) + "_link",
          "keeps the connection to a " + to_string(where) + " node",
          {required(address("to", "", "where its node listens"))},
          false,
          [network](const spawn_context& x) { return spawn_link(x, network); }};
}

actor_kind bulk_receiver_kind() {
  auto spawn = [](const spawn_context& x) -> caf::expected<caf::actor> {
    bulk_receiver_config cfg;
    cfg.node = x.node;
    cfg.max_total = x.parameters.get<uint64_t>("memory");
    cfg.max_transfer = cfg.max_total;
    cfg.expiry = x.parameters.get<caf::timespan>("expiry");
    return spawn_as_told(x, bulk_receiver, std::move(cfg));
  };
  return {
    receiver_name,
    "puts what other nodes transfer together again",
    {size("memory", "1GiB", 1 << 20, 1e12, "for unfinished transfers"),
     duration("expiry", "2min", 1, 86400, "of a transfer that does not go on")},
    false,
    spawn};
}

} // namespace

actor_kinds client_kinds(const settings& config) {
  return {link_to(tier::fog, config)};
}

actor_kinds fog_kinds(const settings& config) {
  return {bulk_receiver_kind(), link_to(tier::cloud, config),
          link_to(tier::backend, config)};
}

actor_kinds cloud_kinds(const settings& config) {
  return {bulk_receiver_kind(), link_to(tier::backend, config)};
}

actor_kinds backend_kinds(const settings&) {
  return {bulk_receiver_kind()};
}

} // namespace vpaas
