// Against Debian's mosquitto; where there is none, these cases say so.

#include "runtime/mqtt/mqtt_client.hpp"

#include "runtime/error.hpp"
#include "support/child_process.hpp"
#include "support/temp_dir.hpp"
#include "support/value_of.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <memory>

using namespace vpaas;
using namespace std::chrono_literals;
using test::value_of;

namespace {

constexpr const char* program = "/usr/sbin/mosquitto";

/// A port that nobody has at the moment.
int free_port() {
  auto file = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in x{};
  x.sin_family = AF_INET;
  x.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof x;
  BOOST_REQUIRE(::bind(file, reinterpret_cast<sockaddr*>(&x), size) == 0);
  ::getsockname(file, reinterpret_cast<sockaddr*>(&x), &size);
  ::close(file);
  return ntohs(x.sin_port);
}

struct fixture {
  bool has_broker() const {
    if (std::filesystem::exists(program))
      return true;
    BOOST_TEST_MESSAGE("skipped: there is no " << program);
    return false;
  }

  void start(const std::string& more = "allow_anonymous true\n") {
    std::ofstream{dir.path("broker.conf")}
      << "listener " << port << " 127.0.0.1\npersistence false\nlog_dest none\n"
      << more;
    broker = std::make_unique<test::child_process>(
      std::vector<std::string>{program, "-c", dir.path("broker.conf")});
  }

  mqtt_client client(const std::string& name, const std::string& user = "",
                     const std::string& password = "") {
    mqtt_config cfg;
    cfg.url = "mqtt://" + user + "127.0.0.1:" + std::to_string(port);
    cfg.password = password;
    cfg.client = name;
    cfg.state = "vpaas/state";
    return value_of(mqtt_client::open(cfg));
  }

  test::temp_dir dir;
  int port = free_port();
  std::unique_ptr<test::child_process> broker;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mqtt_client_tests, fixture)

BOOST_AUTO_TEST_CASE(what_is_acknowledged_was_told) {
  if (!has_broker())
    return;
  start();
  auto uut = client("a");
  auto err = uut.publish(
    {{"vpaas/x", "1", true, true}, {"vpaas/y", "2", false, false}}, 20s);
  BOOST_TEST(!err, describe(err));
  BOOST_TEST(uut.connects() == 1u);
}

BOOST_AUTO_TEST_CASE(many_are_acknowledged) {
  if (!has_broker())
    return;
  start();
  auto uut = client("a");
  std::vector<mqtt_message> xs(500, {"vpaas/x", "text", false, true});
  auto err = uut.publish(xs, 20s);
  BOOST_TEST(!err, describe(err));
}

BOOST_AUTO_TEST_CASE(a_broker_that_comes_later_is_found) {
  if (!has_broker())
    return;
  auto uut = client("a");
  auto err = uut.publish({{"vpaas/x", "1", true, true}}, 500ms);
  BOOST_TEST((err == ec::io));
  BOOST_TEST(!uut.connected());
  start();
  err = uut.publish({{"vpaas/x", "1", true, true}}, 30s);
  BOOST_TEST(!err, describe(err));
}

BOOST_AUTO_TEST_CASE(a_broker_that_refuses_says_why) {
  if (!has_broker())
    return;
  start("allow_anonymous false\n");
  auto uut = client("a", "eve@", "wrong");
  caf::error err;
  for (int i = 0; i < 30; ++i) { // it may not listen yet
    err = uut.publish({{"vpaas/x", "1", true, true}}, 1s);
    if (describe(err).find("refused: ") != std::string::npos)
      break;
  }
  BOOST_TEST((err == ec::io));
  BOOST_TEST(describe(err).find("not authorised") != std::string::npos,
             describe(err));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_none_is_refused) {
  for (auto* url : {"", "broker", "http://broker", "mqtt://", "mqtt://u:p@host",
                    "mqtt://host:x", "mqtt://host:0", "mqtt://host:65536"}) {
    mqtt_config cfg;
    cfg.url = url;
    auto opened = mqtt_client::open(cfg);
    BOOST_TEST(!opened, url);
    if (!opened)
      BOOST_TEST((opened.error() == ec::bad_config));
  }
  BOOST_TEST(!mqtt_client::check("mqtts://host:65535"));
}

BOOST_AUTO_TEST_SUITE_END()
