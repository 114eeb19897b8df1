// What `vpaas certs` makes, and what becomes of who shows it.

#include "runtime/json.hpp"
#include "support/authority.hpp"
#include "support/customer.hpp"
#include "support/programs.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>

using namespace vpaas;
using test::running_node;

namespace {

uint16_t port_of(const running_node& x) {
  return static_cast<uint16_t>(
    std::stoi(x.address.substr(x.address.rfind(':') + 1)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(certs_tests)

BOOST_AUTO_TEST_CASE(a_program_wants_a_certificate_of_its_role) {
  test::authority ca;
  ca.issue("gate");
  auto said = [&](const std::string& program, const std::string& name,
                  const std::string& more = "") {
    auto options = "--check --node.name=" + name + more;
    for (auto& x : test::tls_options(ca.dir.path(), name))
      options += " " + x;
    return test::run(program, options).text;
  };
  BOOST_TEST(said("vpaas-client", "fog-1")
             == "vpaas-client: openssl.certificate of \"fog-1\" is for a node "
                "whose role is fog; make one with vpaas certs renew fog-1 "
                "--role=client\n");
  auto roleless = said("vpaas-client", "gate");
  BOOST_TEST(roleless.find("gate.pem names no role; make another with vpaas "
                           "certs renew gate --role=ROLE")
               != std::string::npos,
             roleless);
  auto good = "configuration, topology, TLS and what they name are good\n";
  BOOST_TEST(said("vpaas-client", "gate", " --openssl.without_role=anything")
             == good);
  BOOST_TEST(
    test::run("vpaas", "certs renew gate --role=client --dir=" + ca.dir.path())
      .status
    == 0);
  BOOST_TEST(said("vpaas-client", "gate") == good);
}

BOOST_AUTO_TEST_CASE(who_is_revoked_is_cut_off_and_stays_out) {
  test::authority ca;
  auto list = ca.dir.path("revoked.pem");
  running_node fog{"fog", {"--openssl.folder=" + ca.dir.path()}};
  auto own = ca.of("client-1");
  test::customer client{own, port_of(fog)};
  test::customer honest{ca.of("operator"), port_of(fog)};
  BOOST_TEST_REQUIRE(client.is_answered());
  BOOST_TEST_REQUIRE(honest.is_answered());
  auto said = test::run("vpaas",
                        "certs revoke client-1 --dir=" + ca.dir.path());
  BOOST_TEST(said.text
             == "revoked client-1; put " + list
                  + " beside the certificate of each node\n");
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (client.is_answered() && std::chrono::steady_clock::now() < deadline)
    continue;
  BOOST_TEST(!client.is_answered());
  BOOST_TEST(!test::customer(own, port_of(fog)).is_answered());
  BOOST_TEST(honest.is_answered());
  BOOST_TEST(
    test::run("vpaas", "certs renew client-1 --dir=" + ca.dir.path()).status
    == 0);
  BOOST_TEST(test::customer(ca.of("client-1"), port_of(fog)).is_answered());
  // A list that goes away is no pardon.
  std::filesystem::remove(list);
  fog.process.signal(SIGHUP);
  BOOST_TEST(honest.is_answered());
  BOOST_TEST(!test::customer(own, port_of(fog)).is_answered());
  BOOST_TEST(fog.stop() == 0);
}

BOOST_AUTO_TEST_CASE(certificates_are_listed_with_role_and_end) {
  test::temp_dir dir;
  auto certs = [&](const std::string& words) {
    return test::run("vpaas", "certs " + words + " --dir=" + dir.path());
  };
  BOOST_TEST(certs("init").status == 0);
  BOOST_TEST(certs("issue fog-1").status == 0);
  BOOST_TEST(certs("issue gate").text
             == "vpaas certs: the name \"gate\" does not say what it may do; "
                "write --role=client, fog, cloud, backend or operator\n");
  BOOST_TEST(certs("issue gate --role=camera").text
             == "vpaas certs: --role=camera is not allowed; write client, fog, "
                "cloud, backend or operator\n");
  BOOST_TEST(certs("issue gate --role=client").status == 0);
  BOOST_TEST(certs("renew fog-2").status == 1);
  auto all = json::parse(certs("list --json").text);
  BOOST_TEST_REQUIRE(all.size() == 2u);
  BOOST_TEST(all[0]["name"] == "fog-1");
  BOOST_TEST(all[0]["role"] == "fog");
  BOOST_TEST(all[1]["role"] == "client");
  BOOST_TEST(certs("renew gate --days=700").status == 0);
  auto later = json::parse(certs("list --json").text);
  BOOST_TEST(later[1]["role"] == "client");
  BOOST_TEST(later[1]["ends"].get<std::string>()
             > all[1]["ends"].get<std::string>());
  auto text = certs("list").text;
  BOOST_TEST(text.find("gate   client  ends on ") != std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()
