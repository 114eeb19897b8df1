#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace vpaas::test {

/// A real RTSP server in a process of its own (test/support/rtsp_server.py);
/// dies with this object.
class rtsp_server {
public:
  /// Starts on any port. @param file to serve; empty: a picture that moves
  explicit rtsp_server(std::string file = "");
  rtsp_server(const rtsp_server&) = delete;
  rtsp_server& operator=(const rtsp_server&) = delete;
  ~rtsp_server();

  /// Whether this machine has what the server needs; prints it where not.
  static bool available();

  std::string url() const {
    return "rtsp://127.0.0.1:" + std::to_string(port_) + "/video";
  }

  /// See the script.
  void command(const std::string& line) const;

  /// Kills the process at once, as a power cut would.
  void kill();

  /// Starts again on the same port.
  void start();

private:
  std::string file_;
  uint16_t port_ = 0;
  pid_t pid_ = -1;
  int input_ = -1;
};

} // namespace vpaas::test
