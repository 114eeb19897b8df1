#pragma once

#include "actors/bulk_sender.hpp"
#include "actors/requests.hpp"
#include "messages/protocol.hpp"
#include "runtime/policy/link_health.hpp"

#include <caf/all.hpp>

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace vpaas {

/// A link to one remote node: connects, probes, listens to its heart, measures
/// it, carries calls and blobs, and comes back by itself when it was lost.
/// Nothing hangs on it: what is in flight when it drops is answered
/// `cloud_down`; transfers go on after it. Never blocks.
struct link_config {
  std::string host;
  uint16_t port = 0;
  caf::actor node;  ///< of this process, `node_actor`: who we are
  std::string tier; ///< the role that the other must have; empty: what it says
  link_profile profile = wan_profile();
  size_t max_calls = 1024; ///< in flight; more answer `overload`
  caf::timespan max_wait = std::chrono::hours(24); ///< longest deadline
  bulk_sender_config bulk;
  /// Spawns what answers `probe_atom, host, port, timespan` with the address
  /// that accepted; empty: a detached actor, because resolvers block.
  std::function<caf::actor(caf::actor_system&)> prober;
  /// The actor that connects nodes; empty: that of the actor system.
  std::function<caf::actor(caf::actor_system&)> connector;
  uint64_t seed = std::random_device{}(); ///< of the back-off's jitter
  /// Before the first epoch: greater with each start of a link to the same
  /// node, so that what an earlier link sent is known to be old.
  uint64_t epoch_base = 0;

  caf::error validate() const;
};

enum class link_phase : uint8_t { connecting, up, suspect, down };

constexpr auto names_of(link_phase) {
  return std::array{"connecting", "up", "suspect", "down"};
}

/// What a link answers to `status`.
struct link_status {
  std::string node; ///< name of the remote node, once it was met
  std::string address;
  uint64_t epoch = 0;      ///< connections so far
  uint64_t reconnects = 0; ///< connections after the first
  uint64_t restarts = 0;   ///< of the remote process, seen at reconnects
  uint64_t failures = 0;   ///< attempts in a row that failed
  double rtt_ms = 0;       ///< of heartbeats, smoothed
  double min_rtt_ms = 0;   ///< in this epoch
  double throughput = 0;   ///< bytes a second, of bulk under full window
  uint64_t calls = 0;      ///< in flight
  uint64_t watchers = 0;
  uint64_t transfers = 0; ///< that are not done
  uint64_t delivered = 0; ///< transfers
  uint64_t queued_bytes = 0;
  uint64_t flying_bytes = 0; ///< sent and not acknowledged
  uint64_t sent_bytes = 0;   ///< of bulk, repeated ones included
  uint64_t window_bytes = 0;
  uint64_t slice_bytes = 0;
  std::string last_error;

  static constexpr auto type_name = "link_status";

  static constexpr auto fields() {
    using self = link_status;
    return std::make_tuple(
      field("node", &self::node), field("address", &self::address),
      field("epoch", &self::epoch), field("reconnects", &self::reconnects),
      field("restarts", &self::restarts), field("failures", &self::failures),
      field("rtt_ms", &self::rtt_ms), field("min_rtt_ms", &self::min_rtt_ms),
      field("throughput", &self::throughput), field("calls", &self::calls),
      field("watchers", &self::watchers), field("transfers", &self::transfers),
      field("delivered", &self::delivered),
      field("queued_bytes", &self::queued_bytes),
      field("flying_bytes", &self::flying_bytes),
      field("sent_bytes", &self::sent_bytes),
      field("window_bytes", &self::window_bytes),
      field("slice_bytes", &self::slice_bytes),
      field("last_error", &self::last_error));
  }
};

/// The published interface and two timers: the next attempt, and the tick.
using link_impl = link_actor::extend<caf::reacts_to<start_atom, uint64_t>,
                                     caf::reacts_to<due_atom>>;

struct link_state {
  static inline const char* name = "cloud_link";

  explicit link_state(link_impl::stateful_pointer<link_state> self);

  /// However a link ends, nobody is left without an answer, and it lets go of
  /// whom it watched.
  ~link_state();

  // The protocol.

  caf::typed_response_promise<item> call(const std::string& path, const item& x,
                                         caf::timespan timeout);

  caf::result<void> transfer(const transfer_offer& offer, const blob& bytes,
                             caf::timespan timeout);

  void watch(const caf::actor& watcher);

  status_report status() const;

  void tick();

  void stop(const caf::error& reason);

  void lost(const caf::down_msg& x);

  // The states.

  void enter_connecting();

  void enter_up(const node_info& who);

  void enter_down(const caf::error& cause);

  // The steps of connecting.

  void introduce_self();

  void introduced(const node_info& who);

  void probe();

  void ask_connector(const std::string& address);

  void greet(const caf::node_id& where, const caf::strong_actor_ptr& node,
             const std::set<std::string>& interface);

  // Being up.

  void beat();

  void find_receiver();

  void receiver_found(const caf::actor& x);

  void receiver_missing(const caf::error& cause);

  void seen();

  void answer(uint64_t id, caf::expected<item> x);

  void tell(const caf::actor& watcher);

  void tell_all();

  bool is_up() const;

  caf::timespan now() const;

  link_impl::stateful_pointer<link_state> self;
  link_config cfg;
  std::optional<bulk_sender> bulk;
  std::optional<link_health> health; ///< of the remote node
  std::minstd_rand random;
  node_info own;
  node_info remote;
  link_phase phase = link_phase::connecting;
  uint64_t attempt = 0; ///< the one that the steps under way belong to
  link_status counters;
  caf::actor peer;         ///< node actor of the remote node
  receiver_actor receiver; ///< of the remote node
  bool finding_receiver = false;
  requests asked; ///< of a keyframe's way
  uint64_t next_call = 0;
  std::map<uint64_t, caf::typed_response_promise<item>> calls;
  std::set<caf::actor> watchers;
};

link_impl::behavior_type link(link_impl::stateful_pointer<link_state> self,
                              link_config cfg);

} // namespace vpaas
