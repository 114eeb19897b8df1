#pragma once

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace vpaas {

struct mqtt_message {
  std::string topic;
  std::string text;
  bool retained = false; ///< who subscribes later gets it, too
  bool certain = true;   ///< at least once; else at most once
};

struct mqtt_config {
  std::string url;      ///< mqtt[s]://[USER@]HOST[:PORT]
  std::string password; ///< of the user
  std::string cafile;   ///< PEM of who signs the broker; empty: the system's
  std::string client;   ///< name of this client at the broker
  std::string state;    ///< topic of "online" and, once it is lost, "offline"
};

/// A client of one broker, MQTT 3.1.1, with a thread of its own that connects,
/// again and again where it must. Any thread.
class mqtt_client {
public:
  /// @returns ec::bad_config where this is no address of a broker
  static caf::error check(const std::string& url);

  /// Does not wait for the broker. @returns ec::bad_config for an address that
  /// is none
  static caf::expected<mqtt_client> open(const mqtt_config& cfg);

  mqtt_client(mqtt_client&&) noexcept;
  mqtt_client& operator=(mqtt_client&&) noexcept;

  /// Says "offline" and leaves.
  ~mqtt_client();

  /// Waits until the broker has all that are certain.
  /// @returns ec::io where it has not, and why: send them again
  caf::error publish(const std::vector<mqtt_message>& xs,
                     caf::timespan patience);

  bool connected() const;

  /// How often it was connected.
  uint64_t connects() const;

private:
  struct impl;

  explicit mqtt_client(std::shared_ptr<impl> x);

  std::shared_ptr<impl> impl_;
};

} // namespace vpaas
