#pragma once

#include "runtime/policy/peer_rights.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace vpaas {

/// What one certified peer may take up, over all of its connections.
struct peer_limits {
  size_t connections = 64;
  size_t message = 64 << 20; ///< bytes of one message
  size_t total = 128 << 20;  ///< bytes of messages that are on their way
};

/// Who is at the other end of each connection, and what it takes up. Names are
/// those in certificates; where nodes share a secret all are one peer without
/// a name, which is bounded a message at a time only. Any thread.
class peer_book {
public:
  using connection = int64_t;

  explicit peer_book(peer_limits limits = {});

  /// @returns why this peer gets no further connection, else nothing
  std::string enter(connection id, const std::string& name,
                    node_role role = node_role::any);

  void leave(connection id);

  /// A message of this size is announced on a connection, which keeps the
  /// memory of its largest. @returns why it is refused, else nothing
  std::string announce(connection id, size_t bytes);

  /// The connection says that it is of this process.
  /// @returns why that cannot be, else nothing
  std::string introduce(connection id, const std::string& process);

  /// Whether a message on this connection may come from that process.
  bool may_speak_for(connection id, const std::string& process) const;

  /// What a process proved; nothing where it has no connection here.
  std::optional<peer> find(const std::string& process) const;

  /// A peer sent what its role may not.
  void note_refusal() {
    ++refusals_;
  }

  uint64_t refusals() const {
    return refusals_;
  }

  size_t size() const;

private:
  struct entry {
    std::string name;
    node_role role = node_role::any;
    std::string process;
    size_t bytes = 0;
  };

  /// The name behind `process`, leaving out one connection.
  const entry* other(connection id, const std::string& process) const;

  const peer_limits limits_;
  mutable std::mutex mutex_;
  std::map<connection, entry> entries_;
  std::atomic<uint64_t> refusals_{0};
};

} // namespace vpaas
