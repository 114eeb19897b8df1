#pragma once

#include "actors/gateway/api.hpp"
#include "actors/gateway/feed.hpp"
#include "messages/protocol.hpp"
#include "messages/trace.hpp"
#include "runtime/http/server.hpp"

#include <caf/all.hpp>

#include <memory>
#include <string>

namespace vpaas {

/// The GATEWAY: page and API over HTTPS. Its server's threads ask the monitor,
/// the data store and actors of other nodes; none of them waits for a browser.
/// A port that is taken is tried again until it is free. Spawn detached: its
/// end waits for the threads of its server.
struct gateway_config {
  caf::actor node; ///< the directory, `node_actor`
  http_server_config server;
  std::string certificate_stem; ///< made where `server` names no certificate
  std::string page;             ///< folder of the built page
  catalogue known;
  tracing traces;
  caf::timespan retry = std::chrono::seconds(2);
  /// Tells the operator where the page is.
  std::function<void(const std::string& address, const std::string& print)>
    tell;

  caf::error validate() const;
};

struct gateway_status {
  std::string address; ///< of the page; empty: not yet
  uint64_t requests = 0;
  uint64_t refused = 0;
  uint64_t failed = 0;
  uint64_t streams = 0; ///< answers that go on
  std::string last_error;

  static constexpr auto type_name = "gateway_status";

  static constexpr auto fields() {
    using self = gateway_status;
    return std::make_tuple(
      field("address", &self::address), field("requests", &self::requests),
      field("refused", &self::refused), field("failed", &self::failed),
      field("streams", &self::streams), field("last_error", &self::last_error));
  }
};

struct gateway_state {
  static inline const char* name = "gateway";

  explicit gateway_state(
    observable_actor::stateful_pointer<gateway_state> self);

  /// Wakes who waits in a thread of the server, then ends it.
  ~gateway_state();

  void begin(gateway_config x);

  /// Listens, now or later.
  void open();

  status_report status() const;

  observable_actor::stateful_pointer<gateway_state> self;
  gateway_config cfg;
  std::shared_ptr<broadcasts> all = std::make_shared<broadcasts>();
  feed_actor hearing;
  std::unique_ptr<api> answers;
  std::unique_ptr<http_server> server;
  std::string last_error;
  alarm clock;
};

observable_actor::behavior_type
gateway(observable_actor::stateful_pointer<gateway_state> self,
        gateway_config cfg);

} // namespace vpaas
