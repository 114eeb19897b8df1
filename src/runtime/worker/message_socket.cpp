#include "runtime/worker/message_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace vpaas {

namespace {

using clock = std::chrono::steady_clock;

caf::error closed(const std::string& cause) {
  return caf::make_error(ec::io,
                         "failed to talk to the other process: " + cause);
}

/// Waits until there is something to read.
caf::error wait(int descriptor, caf::timespan limit, clock::time_point end) {
  for (;;) {
    auto left
      = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
    pollfd x{descriptor, POLLIN, 0};
    auto n = ::poll(&x, 1,
                    limit.count() == 0
                      ? -1
                      : int(std::clamp<int64_t>(left.count(), 0, 1 << 30)));
    if (n > 0)
      return caf::none;
    if (n == 0)
      return caf::make_error(ec::deadline, "it did not answer in time");
    if (errno != EINTR)
      return closed(std::strerror(errno));
  }
}

} // namespace

message_socket::message_socket(message_socket&& other) noexcept
  : descriptor_(std::exchange(other.descriptor_, -1)) {
  // nop
}

message_socket& message_socket::operator=(message_socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

message_socket::~message_socket() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

caf::error message_socket::write(const std::string& message) {
  if (message.size() > max_worker_message)
    return caf::make_error(ec::bad_input, "a message is larger than 4 MiB");
  auto size = uint32_t(message.size());
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  bytes += message;
  for (size_t done = 0; done < bytes.size();) {
    auto n = ::send(descriptor_, bytes.data() + done, bytes.size() - done,
                    MSG_NOSIGNAL);
    if (n >= 0)
      done += size_t(n);
    else if (errno != EINTR)
      return closed(std::strerror(errno));
  }
  return caf::none;
}

caf::expected<std::string> message_socket::read(caf::timespan limit) {
  auto end = clock::now() + limit;
  uint32_t size = 0;
  std::string result;
  auto fill = [&](char* to, size_t bytes) -> caf::error {
    for (size_t done = 0; done < bytes;) {
      if (auto err = wait(descriptor_, limit, end))
        return err;
      auto n = ::recv(descriptor_, to + done, bytes - done, 0);
      if (n == 0)
        return closed("it has ended");
      if (n > 0)
        done += size_t(n);
      else if (errno != EINTR)
        return closed(std::strerror(errno));
    }
    return caf::none;
  };
  if (auto err = fill(reinterpret_cast<char*>(&size), sizeof size))
    return err;
  if (size > max_worker_message)
    return caf::make_error(ec::bad_input, "a message is larger than 4 MiB");
  result.resize(size);
  if (auto err = fill(result.data(), size))
    return err;
  return result;
}

} // namespace vpaas
