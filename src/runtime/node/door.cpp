#include "runtime/node/door.hpp"

#include "runtime/error.hpp"
#include "runtime/node/log.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

namespace vpaas {

namespace {

using std::chrono::steady_clock;

/// How often late guests and renewed files are looked for.
constexpr int look_around_ms = 500;

/// Descriptors that the node keeps for its files, links and answers.
constexpr int kept_for_node = 12;

caf::timespan now() {
  return steady_clock::now().time_since_epoch();
}

int descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
}

int spare_descriptor() {
  return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/// Binds the first address that `x` leads to. Returns -1 and leaves errno.
int bind_one(const addrinfo& x) {
  auto result = ::socket(x.ai_family,
                         SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (result < 0)
    return -1;
  auto yes = 1;
  ::setsockopt(result, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(result, x.ai_addr, x.ai_addrlen) == 0
      && ::listen(result, SOMAXCONN) == 0)
    return result;
  auto cause = errno;
  ::close(result);
  errno = cause;
  return -1;
}

caf::expected<int> bind_socket(const std::string& address, uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  auto code = ::getaddrinfo(address.empty() ? nullptr : address.c_str(),
                            std::to_string(port).c_str(), &hints, &found);
  if (code != 0)
    return caf::make_error(ec::io, std::string{::gai_strerror(code)});
  auto result = -1;
  auto cause = 0;
  for (auto x = found; x && result < 0; x = x->ai_next) {
    result = bind_one(*x);
    cause = errno;
  }
  ::freeaddrinfo(found);
  if (result < 0)
    return caf::make_error(ec::io, std::string{std::strerror(cause)});
  return result;
}

uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXSERV> text{};
  auto raw = reinterpret_cast<sockaddr*>(&address);
  ::getsockname(socket, raw, &size);
  ::getnameinfo(raw, size, nullptr, 0, text.data(), text.size(),
                NI_NUMERICSERV);
  return static_cast<uint16_t>(std::strtoul(text.data(), nullptr, 10));
}

void say_refused(const std::string& address, const std::string& cause) {
  log_line(log_level::warning, "refused " + address,
           "refused a connection from " + address + ": " + cause);
}

} // namespace

caf::expected<std::unique_ptr<door>>
door::open(const std::string& address, uint16_t port, credentials_ptr own,
           admission_limits limits) {
  auto socket = bind_socket(address, port);
  if (!socket)
    return std::move(socket.error());
  // Strangers never hold more than an eighth of what the process may open.
  auto share = static_cast<size_t>(std::max(descriptor_limit() / 8, 4));
  limits.total = std::min(limits.total, share);
  limits.per_address = std::min(limits.per_address, limits.total);
  return std::unique_ptr<door>{
    new door(*socket, port_of(*socket), std::move(own), limits)};
}

door::door(int socket, uint16_t port, credentials_ptr own,
           admission_limits limits)
  : socket_(socket), port_(port), own_(std::move(own)), waiting_(limits),
    wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
    reserve_(spare_descriptor()) {
  // nop
}

door::~door() {
  stop();
  for (auto x : {socket_, wake_, reserve_})
    if (x >= 0)
      ::close(x);
}

void door::start(welcome let_in) {
  let_in_ = std::move(let_in);
  thread_ = std::thread{[this] { run(); }};
}

void door::stop() {
  stopping_ = true;
  uint64_t one = 1;
  if (wake_ >= 0 && ::write(wake_, &one, sizeof one) < 0)
    log_line(log_level::debug, "door", "the door wakes by itself");
  if (thread_.joinable())
    thread_.join();
  guests_.clear();
}

void door::run() {
  auto last_look = now();
  while (!stopping_) {
    std::vector<pollfd> what{{socket_, POLLIN, 0}, {wake_, POLLIN, 0}};
    for (const auto& [guest, events] : wanted_)
      what.push_back({guest, events, 0});
    ::poll(what.data(), what.size(), look_around_ms);
    for (size_t i = 2; i < what.size(); ++i)
      if (what[i].revents != 0)
        go_on(what[i].fd);
    if (what[0].revents != 0)
      accept_all();
    if (now() - last_look < std::chrono::milliseconds(look_around_ms))
      continue;
    last_look = now();
    drop_late();
    look_at_files();
  }
}

void door::accept_all() {
  // Bounded: those who wait must have their turn too.
  for (auto i = 0; i < 64 && !stopping_; ++i) {
    auto guest = ::accept4(socket_, nullptr, nullptr,
                           SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (guest >= 0)
      accept_one(guest);
    else if (errno == EMFILE || errno == ENFILE)
      shed();
    else if (errno != ECONNABORTED && errno != EINTR)
      return;
  }
}

void door::accept_one(int guest) {
  auto address = address_of_peer(guest);
  if (guest >= descriptor_limit() - kept_for_node) {
    ::close(guest);
    ++counters_.unserved;
    log_line(log_level::error, "descriptors",
             "refused a connection from " + address
               + ": too many open files; raise ulimit -n");
    return;
  }
  if (auto gone = waiting_.enter(guest, address, now())) {
    ++counters_.displaced;
    say_refused(guests_[*gone]->address(),
                "too many wait to prove who they are");
    guests_.erase(*gone);
    wanted_.erase(*gone);
  }
  try {
    guests_[guest] = std::make_unique<tls_session>(*own_, guest,
                                                   tls_session::side::accepts);
  } catch (const std::bad_alloc&) {
    ::close(guest);
    guests_.erase(guest);
    waiting_.leave(guest);
    ++counters_.unserved;
    return;
  }
  go_on(guest);
}

void door::shed() {
  ++counters_.unserved;
  ::close(reserve_);
  auto guest = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
  if (guest >= 0)
    ::close(guest);
  reserve_ = spare_descriptor();
  log_line(log_level::error, "descriptors",
           "refused a connection: no descriptor is left; raise ulimit -n");
  if (guest < 0) // somebody else took it: do not spin
    ::poll(nullptr, 0, 10);
}

void door::go_on(int guest) {
  auto& session = *guests_.at(guest);
  switch (session.handshake()) {
    case tls_session::progress::wants_read:
      wanted_[guest] = POLLIN;
      return;
    case tls_session::progress::wants_write:
      wanted_[guest] = POLLOUT;
      return;
    case tls_session::progress::failed:
      ++counters_.refused;
      drop(guest, session.cause());
      return;
    case tls_session::progress::done:
      break;
  }
  ++counters_.welcomed;
  auto done = std::move(guests_.at(guest));
  guests_.erase(guest);
  wanted_.erase(guest);
  waiting_.leave(guest);
  let_in_(std::move(done));
}

void door::drop(int guest, std::string cause) {
  auto address = guests_.at(guest)->address();
  waiting_.leave(guest);
  wanted_.erase(guest);
  guests_.erase(guest);
  // Who only looks whether the port is open hangs up without a word.
  if (cause == hung_up)
    log_line(log_level::debug, "refused " + address,
             address + " connected and hung up");
  else
    say_refused(address, cause);
}

void door::drop_late() {
  for (auto guest : waiting_.take_late(now())) {
    ++counters_.late;
    drop(guest, "it did not prove who it is in time");
  }
}

void door::look_at_files() {
  if (!own_->changed())
    return;
  auto err = own_->reload();
  if (!err)
    log_line(log_level::info, "certificate",
             "took the renewed certificate of " + own_->who().name);
  else
    log_line(log_level::warning, "certificate",
             "kept the certificate that was there: " + cause_of(err));
}

} // namespace vpaas
