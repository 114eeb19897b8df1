#pragma once

#include "runtime/node/tls_session.hpp"
#include "runtime/policy/admission.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

namespace vpaas {

/// What became of the connections at a port so far.
struct door_counters {
  std::atomic<uint64_t> welcomed{0};
  std::atomic<uint64_t> refused{0};   ///< failed to prove who they are
  std::atomic<uint64_t> late{0};      ///< did not even try in time
  std::atomic<uint64_t> displaced{0}; ///< gave way where it was full
  std::atomic<uint64_t> unserved{0};  ///< no descriptor was left for them
};

/// Listens on a port, with a thread of its own, and lets in who proves with TLS
/// that it belongs here. Until then nothing of it reaches the node, and it can
/// take up only what `admission_limits` say. Descriptors that the node needs
/// for itself are not given away. Takes certificates that were renewed.
class door {
public:
  /// Gets a session whose handshake is done, in the thread of the door.
  using welcome = std::function<void(std::unique_ptr<tls_session>)>;

  /// @param address numeric or a name; empty: all
  /// @param port 0 takes a free one
  /// @returns ec::io where nothing can be bound there
  static caf::expected<std::unique_ptr<door>>
  open(const std::string& address, uint16_t port, credentials_ptr own,
       admission_limits limits);

  door(door&&) = delete;

  door& operator=(door&&) = delete;

  ~door();

  void start(welcome let_in);

  /// Ends the thread and closes the port.
  void stop();

  uint16_t port() const {
    return port_;
  }

  int socket() const {
    return socket_;
  }

  const door_counters& counters() const {
    return counters_;
  }

private:
  door(int socket, uint16_t port, credentials_ptr own, admission_limits limits);

  void run();

  void accept_all();

  void accept_one(int guest);

  /// Drops one connection where no descriptor is left to take it with.
  void shed();

  void go_on(int guest);

  void drop(int guest, std::string cause);

  void drop_late();

  void look_at_files();

  int socket_;
  uint16_t port_;
  credentials_ptr own_;
  admission waiting_;
  welcome let_in_;
  door_counters counters_;
  std::map<int, std::unique_ptr<tls_session>> guests_;
  std::map<int, short> wanted_; ///< events of poll, by guest
  int wake_ = -1;               ///< written to when the thread shall end
  int reserve_ = -1;            ///< given up for `shed`
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace vpaas
