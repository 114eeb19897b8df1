#include "support/authority.hpp"
#include "support/customer.hpp"
#include "support/programs.hpp"
#include "support/wire.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace vpaas;
using test::authority;
using test::customer;
using test::run;
using test::running_node;
using test::tls_options;

namespace {

uint16_t port_of(const std::string& address) {
  return static_cast<uint16_t>(
    std::stoi(address.substr(address.rfind(':') + 1)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(security_tests)

BOOST_AUTO_TEST_CASE(a_node_has_the_name_of_its_certificate) {
  authority ca;
  running_node fog{"fog", tls_options(ca.dir.path(), "fog-1")};
  customer client{ca.of("client-1"), port_of(fog.address)};
  BOOST_TEST(client.introduce("client-1") == "welcome");
  auto said = client.introduce("client-2");
  BOOST_TEST(said
               == "bad_config: a node that calls itself \"client-2\" has the "
                  "certificate of \"client-1\"; give it the certificate of its "
                  "name",
             said);
  auto options = std::string{};
  for (auto& x : tls_options(ca.dir.path(), "client-1"))
    options += " " + x;
  BOOST_TEST(run("vpaas-client", "--check --node.name=client-2" + options).text
             == "vpaas-client: node.name = \"client-2\": openssl.certificate "
                "is that of \"client-1\"; set node.name to it, or make one "
                "with vpaas certs issue client-2\n");
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_CASE(without_certificates_only_the_user_commands_a_node) {
  running_node cloud{"cloud", {}};
  auto ask = "inspect --json --nodes=" + cloud.address;
  BOOST_TEST(run("vpaas", ask).status == 0);
  test::temp_dir elsewhere;
  auto other = run("vpaas", ask,
                   ". && export XDG_DATA_HOME=" + elsewhere.path());
  BOOST_TEST(other.status == 1);
  BOOST_TEST(other.text.find("failed to agree on TLS") != std::string::npos,
             other.text);
  BOOST_TEST(cloud.stop() == 0);
}

// Where descriptors run out nothing is thrown, and who proves itself is served
// as soon as there is room.
BOOST_AUTO_TEST_CASE(a_node_outlives_a_flood_with_few_descriptors) {
  authority ca;
  for (std::string limit : {"64", "1026"}) {
    running_node cloud{"cloud",
                       tls_options(ca.dir.path(), "cloud-1"),
                       "",
                       {"prlimit", "--nofile=" + limit + ":" + limit}};
    auto port = port_of(cloud.address);
    customer honest{ca.of("operator"), port};
    BOOST_TEST_REQUIRE(honest.is_answered(), limit);
    std::vector<test::stranger> crowd;
    for (auto i = 0; i < 1500; ++i)
      crowd.emplace_back(port);
    BOOST_TEST(honest.is_answered(), limit);
    customer newcomer{ca.of("fog-1"), port};
    BOOST_TEST(newcomer.is_answered(), limit);
    crowd.clear();
    BOOST_TEST(honest.is_answered(), limit);
    BOOST_TEST(cloud.stop() == 0, limit);
  }
}

BOOST_AUTO_TEST_CASE(certificates_are_renewed_under_load) {
  authority ca;
  running_node cloud{"cloud", tls_options(ca.dir.path(), "cloud-1")};
  auto port = port_of(cloud.address);
  auto own = ca.of("operator");
  std::atomic<bool> done{false};
  std::thread renewals{[&] {
    for (auto i = 0; i < 1000; ++i) {
      ca.issue("cloud-1"); // the files are gone, then one of them is there
      cloud.process.signal(SIGHUP);
    }
    done = true;
  }};
  customer honest{own, port};
  auto answers = 0, newcomers = 0;
  while (!done) {
    BOOST_TEST_REQUIRE(honest.is_answered());
    ++answers;
    test::certified_stranger x{own, port};
    BOOST_TEST_REQUIRE(x.accepted());
    ++newcomers;
  }
  renewals.join();
  BOOST_TEST(answers > 0);
  BOOST_TEST(newcomers > 0);
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
