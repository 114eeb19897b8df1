#pragma once

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
  std::string enter(connection id, const std::string& name);

  void leave(connection id);

  /// A message of this size is announced on a connection, which keeps the
  /// memory of its largest. @returns why it is refused, else nothing
  std::string announce(connection id, size_t bytes);

  /// The connection says that it is of this process.
  /// @returns why that cannot be, else nothing
  std::string introduce(connection id, const std::string& process);

  /// Whether a message on this connection may come from that process.
  bool may_speak_for(connection id, const std::string& process) const;

  /// The name that a process proved; nothing where it has no connection here.
  std::optional<std::string> name_of(const std::string& process) const;

  size_t size() const;

private:
  struct entry {
    std::string name;
    std::string process;
    size_t bytes = 0;
  };

  /// The name behind `process`, leaving out one connection.
  const entry* other(connection id, const std::string& process) const;

  const peer_limits limits_;
  mutable std::mutex mutex_;
  std::map<connection, entry> entries_;
};

} // namespace vpaas
