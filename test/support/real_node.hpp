#pragma once

#include "actors/bulk_receiver.hpp"
#include "actors/lifo_slot.hpp"
#include "actors/link.hpp"
#include "actors/node.hpp"
#include "messages/registry.hpp"
#include "runtime/checksum.hpp"
#include "runtime/node/secret.hpp"
#include "runtime/node/transport.hpp"
#include "support/child_process.hpp"

#include <caf/io/all.hpp>

#include <filesystem>
#include <memory>

namespace vpaas::test {

/// CAF as a node with `profile` sets it; `tls` is a folder with NAME.pem,
/// NAME.key and ca.pem, empty: plain.
struct real_config : caf::actor_system_config {
  explicit real_config(const link_profile& profile, const std::string& tls = "",
                       const std::string& name = "") {
    register_messages(*this);
    load<caf::io::middleman>();
    set("logger.file-verbosity", caf::atom("quiet"));
    load_lifo_slot(*this);
    set("middleman.heartbeat-interval", profile.caf_heartbeat);
    set("middleman.connection-timeout", profile.caf_timeout);
    if (tls.empty())
      return;
    transport_config transport;
    transport.own
      = *credentials::load({tls + "/" + name + ".pem",
                            tls + "/" + name + ".key", tls + "/ca.pem", true});
    load_transport(*this, transport);
  }
};

/// A process beside the nodes of a test, with the secret of their user.
struct visitor_config : real_config {
  visitor_config() : real_config(lan_profile()) {
    set("middleman.app-identifiers", std::vector<std::string>{wire_format});
    transport_config transport;
    transport.own = secret_of_user();
    load_transport(*this, transport);
  }

  static credentials_ptr secret_of_user() {
    return *credentials::from_secret(*read_secret(user_folder() + "/secret"));
  }
};

/// The node that listens there.
inline caf::expected<node_actor> visit(caf::actor_system& sys, uint16_t port) {
  auto found = find_published(sys, "127.0.0.1", port, std::chrono::seconds(10));
  if (!found)
    return std::move(found.error());
  return caf::actor_cast<node_actor>(*found);
}

inline link_profile profile_called(const std::string& name) {
  return name == "wan" ? wan_profile() : lan_profile();
}

/// Answers every item with itself.
inline caf::behavior echo() {
  return {
    [](apply_atom, const item& x) { return x; },
  };
}

/// Takes blobs; an item is answered with how many bytes came in all, and the
/// checksum of the last blob.
struct sink_state {
  transfer_offer got;
};

inline caf::behavior sink(caf::stateful_actor<sink_state>* self) {
  return {
    [self](deliver_atom, const delivery& x) {
      auto& got = self->state.got;
      got.key = x.key;
      got.bytes += x.bytes.size();
      got.checksum = checksum_of(x.bytes.data(), x.bytes.size());
    },
    [self](apply_atom, const item& x) {
      return make_item(x.stream, x.seq, self->state.got);
    },
  };
}

/// A node of a test: what every node has, and an `echo` and a `sink`.
class real_node {
public:
  real_node(std::string name, const link_profile& profile,
            const std::string& tls = {})
    : cfg(profile, tls, name) {
    node_config ncfg;
    ncfg.info.name = std::move(name);
    ncfg.info.pid = static_cast<uint32_t>(::getpid());
    ncfg.info.incarnation = static_cast<uint64_t>(
      std::chrono::system_clock::now().time_since_epoch().count());
    node = sys.spawn(vpaas::node, std::move(ncfg));
    bulk_receiver_config bcfg;
    bcfg.node = caf::actor_cast<caf::actor>(node);
    enter(receiver_name,
          caf::actor_cast<caf::actor>(sys.spawn(bulk_receiver, bcfg)));
    enter("echo", sys.spawn(echo));
    enter("sink", sys.spawn(sink));
  }

  ~real_node() {
    if (port_ != 0)
      middleman_close();
    for (const auto& x : children_)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
  }

  void enter(const std::string& path, caf::actor x) {
    children_.push_back(x);
    caf::anon_send(node, enter_atom_v, path, x);
  }

  /// Listens on all addresses; returns the port, 0 on failure.
  uint16_t publish(uint16_t port) {
    auto bound = vpaas::publish(sys,
                                caf::actor_cast<caf::strong_actor_ptr>(node),
                                sys.message_types(node), "0.0.0.0", port);
    port_ = bound ? *bound : 0;
    return port_;
  }

  link_config link_to(const std::string& host, uint16_t port,
                      const link_profile& profile) {
    link_config result;
    result.host = host;
    result.port = port;
    result.node = caf::actor_cast<caf::actor>(node);
    result.profile = profile;
    return result;
  }

  link_actor spawn_link(link_config lcfg) {
    link_actor result = sys.spawn(link, std::move(lcfg));
    children_.push_back(caf::actor_cast<caf::actor>(result));
    return result;
  }

  real_config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_actor self{sys};
  node_actor node;

private:
  void middleman_close() {
    self
      ->request(connector_of(sys), std::chrono::seconds(5), caf::close_atom_v,
                port_)
      .receive([] {}, [](const caf::error&) {});
  }

  uint16_t port_ = 0;
  std::vector<caf::actor> children_;
};

/// Watches a link from a thread: waits for events, never for time.
class watcher {
public:
  watcher(real_node& here, const link_actor& link) : self_(here.sys) {
    caf::anon_send(link, watch_atom_v, caf::actor_cast<caf::actor>(self_));
  }

  /// Returns the node's name, empty after `limit` without it being up.
  std::string await_up(caf::timespan limit) {
    std::string result;
    await([&] { return !result.empty(); }, limit, &result);
    return result;
  }

  bool await_down(caf::timespan limit) {
    auto before = downs_;
    return await([&] { return downs_ > before; }, limit, nullptr);
  }

private:
  template <class F>
  bool await(F done, caf::timespan limit, std::string* name) {
    auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      auto left = end - std::chrono::steady_clock::now();
      if (left.count() <= 0)
        return false;
      self_->receive(
        [&](up_atom, const node_info& x, uint64_t) {
          if (name)
            *name = x.name;
        },
        [&](down_atom, uint64_t epoch) { downs_ += epoch > 0 ? 1 : 0; },
        caf::after(std::chrono::duration_cast<caf::timespan>(left)) >> [] {});
    }
    return true;
  }

  caf::scoped_actor self_;
  uint64_t downs_ = 0;
};

/// A node in another process: the program `link_node` beside this one.
class remote_node {
public:
  explicit remote_node(std::vector<std::string> options = {},
                       std::vector<std::string> prefix = {})
    : process(command(std::move(options), std::move(prefix))),
      port(read_port(process)) {
    // nop
  }

private:
  static std::vector<std::string> command(std::vector<std::string> options,
                                          std::vector<std::string> result) {
    auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    result.push_back(here / "link_node");
    result.insert(result.end(), options.begin(), options.end());
    return result;
  }

  static uint16_t read_port(child_process& x) {
    auto text = x.line();
    return text.empty() ? uint16_t{0} : static_cast<uint16_t>(std::stoi(text));
  }

public:
  child_process process;
  uint16_t port = 0; ///< 0: it did not start
};

} // namespace vpaas::test
