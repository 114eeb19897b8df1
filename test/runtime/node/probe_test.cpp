#include "runtime/node/probe.hpp"

#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

/// A bound port; it accepts once `listen` was called.
struct socket_on_loopback {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  uint16_t port = 0;

  socket_on_loopback() {
    sockaddr_in x{};
    x.sin_family = AF_INET;
    x.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(x);
    auto where = reinterpret_cast<sockaddr*>(&x);
    BOOST_REQUIRE(::bind(fd, where, size) == 0);
    BOOST_REQUIRE(::getsockname(fd, where, &size) == 0);
    port = ntohs(x.sin_port);
  }

  ~socket_on_loopback() {
    ::close(fd);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(probe_tests)

BOOST_AUTO_TEST_CASE(a_port_that_accepts_gives_its_numeric_address) {
  socket_on_loopback x;
  BOOST_REQUIRE(::listen(x.fd, 1) == 0);
  auto found = probe_port("localhost", x.port, 5s);
  BOOST_REQUIRE(found);
  BOOST_TEST(*found == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_port_that_nobody_listens_on_is_an_error_at_once) {
  socket_on_loopback x;
  auto found = probe_port("127.0.0.1", x.port, 5s);
  BOOST_REQUIRE(!found);
  BOOST_TEST(describe(found.error())
             == "io: failed to reach 127.0.0.1:" + std::to_string(x.port)
                  + ": Connection refused");
}

BOOST_AUTO_TEST_CASE(a_port_that_swallows_packets_is_given_up_in_time) {
  // A backlog of one that is never accepted: Linux drops further SYNs.
  socket_on_loopback x;
  BOOST_REQUIRE(::listen(x.fd, 0) == 0);
  caf::expected<std::string> found{std::string{}};
  auto from = std::chrono::steady_clock::now();
  for (int i = 0; i < 4 && found; ++i) {
    from = std::chrono::steady_clock::now();
    found = probe_port("127.0.0.1", x.port, 200ms);
  }
  BOOST_REQUIRE(!found);
  BOOST_TEST(describe(found.error()).find("timed out") != std::string::npos);
  auto took = std::chrono::steady_clock::now() - from;
  BOOST_TEST((took >= 200ms));
  BOOST_TEST((took < 2s));
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_resolve_is_named) {
  auto found = probe_port("no.such.host.invalid", 1, 1s);
  BOOST_REQUIRE(!found);
  BOOST_TEST(describe(found.error()).find("no.such.host.invalid:1")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
