#include "runtime/node/probe.hpp"

#include "runtime/error.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace vpaas {

namespace {

using clock = std::chrono::steady_clock;

using address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

class socket_fd {
public:
  explicit socket_fd(int family)
    : fd_(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    // nop
  }

  socket_fd(const socket_fd&) = delete;

  socket_fd& operator=(const socket_fd&) = delete;

  ~socket_fd() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const {
    return fd_;
  }

  int release() {
    return std::exchange(fd_, -1);
  }

private:
  int fd_;
};

/// Waits until the connect of `fd` is over. Returns 0 or an errno.
int await_connect(int fd, clock::time_point deadline) {
  using std::chrono::milliseconds;
  auto left = std::chrono::ceil<milliseconds>(deadline - clock::now());
  pollfd what{fd, POLLOUT, 0};
  auto wait = static_cast<int>(std::max(left, milliseconds(0)).count());
  auto ready = ::poll(&what, 1, wait);
  if (ready == 0)
    return ETIMEDOUT;
  int code = 0;
  socklen_t size = sizeof(code);
  if (ready < 0 || ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0)
    return errno;
  return code;
}

/// Connects `fd`. Returns 0, else an errno.
int try_connect(const socket_fd& fd, const addrinfo& x,
                clock::time_point deadline) {
  if (fd.get() < 0)
    return errno;
  if (::connect(fd.get(), x.ai_addr, x.ai_addrlen) == 0)
    return 0;
  return errno == EINPROGRESS ? await_connect(fd.get(), deadline) : errno;
}

std::string numeric(const addrinfo& x) {
  std::array<char, NI_MAXHOST> text{};
  ::getnameinfo(x.ai_addr, x.ai_addrlen, text.data(), text.size(), nullptr, 0,
                NI_NUMERICHOST);
  return text.data();
}

caf::error failure(const std::string& host, uint16_t port,
                   const std::string& cause) {
  return caf::make_error(ec::io, "failed to reach " + host + ":"
                                   + std::to_string(port) + ": " + cause);
}

/// Connects to each address in turn and gives the first that accepts to `take`.
template <class T, class Take>
caf::expected<T> first_of(const std::string& host, uint16_t port,
                          caf::timespan timeout, Take take) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  auto code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints,
                            &found);
  if (code != 0)
    return failure(host, port, ::gai_strerror(code));
  address_list addresses{found, freeaddrinfo};
  auto deadline = clock::now() + timeout;
  auto last = ETIMEDOUT;
  for (auto x = found; x; x = x->ai_next) {
    socket_fd fd{x->ai_family};
    last = try_connect(fd, *x, deadline);
    if (last == 0)
      return take(fd, *x);
  }
  return failure(host, port, std::strerror(last));
}

} // namespace

caf::expected<std::string> probe_port(const std::string& host, uint16_t port,
                                      caf::timespan timeout) {
  return first_of<std::string>(
    host, port, timeout,
    [](socket_fd&, const addrinfo& x) { return numeric(x); });
}

caf::expected<int> connect_to(const std::string& host, uint16_t port,
                              caf::timespan timeout) {
  return first_of<int>(host, port, timeout, [](socket_fd& fd, const addrinfo&) {
    return fd.release();
  });
}

} // namespace vpaas
