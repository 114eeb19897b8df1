#pragma once

// A camera that speaks RTSP and wants another password.

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vpaas::test {

class refusing_camera {
public:
  refusing_camera() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    auto raw = reinterpret_cast<sockaddr*>(&here);
    if (::bind(listener_, raw, size) != 0 || ::listen(listener_, 16) != 0)
      throw std::runtime_error("no port for a camera");
    ::getsockname(listener_, raw, &size);
    port_ = ntohs(here.sin_port);
    thread_ = std::thread{[this] { work(); }};
  }

  refusing_camera(refusing_camera&&) = delete;

  ~refusing_camera() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }

  /// @param who "user:password"
  std::string url(const std::string& who) const {
    return "rtsp://" + who + "@127.0.0.1:" + std::to_string(port_) + "/gate";
  }

private:
  void work() {
    while (!stop_)
      if (readable(listener_))
        serve(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
  }

  void serve(int guest) const {
    char bytes[4096];
    for (int i = 1; !stop_ && readable(guest); ++i) {
      if (::recv(guest, bytes, sizeof bytes, 0) <= 0)
        break;
      auto answer = "RTSP/1.0 401 Unauthorized\r\nCSeq: " + std::to_string(i)
                    + "\r\nWWW-Authenticate: Basic realm=\"gate\"\r\n\r\n";
      ::send(guest, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    ::close(guest);
  }

  /// Waits for at most a second.
  static bool readable(int socket) {
    pollfd what{socket, POLLIN, 0};
    return ::poll(&what, 1, 1000) == 1;
  }

  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

} // namespace vpaas::test
