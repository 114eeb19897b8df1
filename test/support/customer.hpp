#pragma once

// Who may ask a node, and how long that takes while others are at its port.

#include "messages/protocol.hpp"
#include "support/real_node.hpp"

#include <chrono>
#include <string>

namespace vpaas::test {

class customer {
public:
  customer(const credentials_ptr& own, uint16_t port) : cfg_(own), port_(port) {
    // nop
  }

  /// Whether a connection that is there, or else a new one, is served.
  bool is_answered() {
    for (auto i = 0; i < 3; ++i) {
      if (!node_)
        if (auto found = visit(sys_, port_))
          node_ = *found;
      auto good = false;
      if (node_)
        self_->request(node_, std::chrono::seconds(5), beat_atom_v)
          .receive([&] { good = true; }, [&](const caf::error&) {});
      if (good)
        return true;
      node_ = nullptr;
    }
    return false;
  }

  /// Seconds of an answer; an hour where there was none.
  double ask() {
    using clock = std::chrono::steady_clock;
    auto from = clock::now();
    auto good = is_answered();
    auto took = std::chrono::duration<double>(clock::now() - from).count();
    return good ? took : 3600;
  }

  /// What the node says to who introduces itself by a name, as a node of a tier
  /// (empty: the one that the name speaks of).
  std::string introduce(const std::string& name, const std::string& tier = "") {
    if (!is_answered())
      return "no answer";
    node_info who;
    who.name = name;
    who.tier = tier.empty() ? to_string(role_in_name(name)) : tier;
    std::string result;
    self_
      ->request(node_, std::chrono::seconds(5), hello_atom_v, who,
                caf::actor_cast<caf::actor>(self_))
      .receive([&](const node_info&) { result = "welcome"; },
               [&](const caf::error& x) { result = describe(x); });
    return result;
  }

private:
  struct config : real_config {
    explicit config(const credentials_ptr& own) : real_config(lan_profile()) {
      set("middleman.app-identifiers", std::vector<std::string>{wire_format});
      transport_config transport;
      transport.own = own;
      load_transport(*this, transport);
    }
  };

  config cfg_;
  caf::actor_system sys_{cfg_};
  caf::scoped_actor self_{sys_};
  uint16_t port_;
  node_actor node_;
};

} // namespace vpaas::test
