#include "messages/protocol.hpp"
#include "runtime/node/process.hpp"
#include "support/programs.hpp"
#include "support/real_node.hpp"
#include "support/wire.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

using namespace vpaas;
using namespace std::chrono_literals;
using nlohmann::json;
using test::run;
using test::running_node;
using test::tls_options;

namespace {

using strings = std::vector<std::string>;

uint16_t port_of(const std::string& address) {
  return static_cast<uint16_t>(
    std::stoi(address.substr(address.rfind(':') + 1)));
}

/// A private authority, and the certificates of a test.
struct authority {
  authority() {
    BOOST_REQUIRE(!make_authority(dir.path(), 30));
    for (auto name : {"cloud-1", "fog-1", "client-1", "operator"})
      issue(name);
  }

  void issue(const std::string& name, int days = 30) const {
    std::filesystem::remove(dir.path(name + ".key"));
    std::filesystem::remove(dir.path(name + ".pem"));
    BOOST_REQUIRE(!issue_certificate(dir.path(), name, days));
  }

  credentials_ptr of(const std::string& name) const {
    return *credentials::load(
      {dir.path(name + ".pem"), dir.path(name + ".key"), dir.path("ca.pem")});
  }

  test::temp_dir dir;
};

struct operator_config : test::real_config {
  explicit operator_config(const credentials_ptr& own)
    : real_config(lan_profile(), "") {
    set("middleman.app-identifiers", strings{wire_format});
    transport_config transport;
    transport.own = own;
    load_transport(*this, transport);
  }
};

/// Someone who may ask a node, and wants answers.
class customer {
public:
  customer(const credentials_ptr& own, uint16_t port) : cfg_(own), port_(port) {
    // nop
  }

  /// How long the slowest of some answers took; what failed is an hour.
  std::chrono::milliseconds slowest(int questions) {
    auto worst = 0ms;
    for (auto i = 0; i < questions; ++i) {
      auto from = std::chrono::steady_clock::now();
      auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - from);
      if (!is_answered())
        return 1h;
      took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - from);
      worst = std::max(worst, took);
    }
    return worst;
  }

  /// Whether a connection that is there, or else a new one, is served.
  bool is_answered() {
    for (auto i = 0; i < 3; ++i) {
      if (!node_)
        if (auto found = test::visit(sys_, port_))
          node_ = *found;
      auto good = false;
      if (node_)
        self_->request(node_, 5s, beat_atom_v)
          .receive([&] { good = true; }, [&](const caf::error&) {});
      if (good)
        return true;
      node_ = nullptr;
    }
    return false;
  }

  /// What the node says to who introduces itself by a name.
  std::string introduce(const std::string& name) {
    if (!is_answered())
      return "no answer";
    node_info who;
    who.name = name;
    std::string result;
    self_
      ->request(node_, 5s, hello_atom_v, who,
                caf::actor_cast<caf::actor>(self_))
      .receive([&](const node_info&) { result = "welcome"; },
               [&](const caf::error& x) { result = describe(x); });
    return result;
  }

private:
  operator_config cfg_;
  caf::actor_system sys_{cfg_};
  caf::scoped_actor self_{sys_};
  uint16_t port_;
  node_actor node_;
};

int64_t memory_of(const running_node& x) {
  return static_cast<int64_t>(
    usage_of_process(std::to_string(x.process.pid())).rss_bytes);
}

/// What the program of OpenSSL hears that has a certificate which it does not
/// look at itself.
std::string heard(const std::string& folder, const std::string& name,
                  const std::string& address) {
  test::temp_dir dir;
  test::child_process child{{"sh", "-c",
                             "(sleep 2) | timeout 5 openssl s_client -connect "
                               + address + " -cert " + folder + "/" + name
                               + ".pem -key " + folder + "/" + name + ".key >"
                               + dir.path("said") + " 2>&1"}};
  child.finish();
  std::ifstream in{dir.path("said")};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// -- what someone does to a port ---------------------------------------------

struct attempt {
  const char* name;
  /// @returns whether the node ended all that it should not serve
  bool (*run)(const credentials_ptr& own, uint16_t port);
};

bool connect_and_wait(const credentials_ptr& own, uint16_t port) {
  if (own)
    return test::certified_stranger{own, port}.accepted();
  return test::stranger{port}.is_ended(20s);
}

bool connect_many(const credentials_ptr& own, uint16_t port) {
  std::vector<std::unique_ptr<test::certified_stranger>> certified;
  std::vector<test::stranger> crowd;
  for (auto i = 0; i < 200; ++i)
    if (own)
      certified.push_back(
        std::make_unique<test::certified_stranger>(own, port));
    else
      crowd.emplace_back(port);
  for (auto& x : crowd)
    if (x.connected() && !x.is_ended(20s))
      return false;
  return true;
}

bool claim_much(const credentials_ptr& own, uint16_t port) {
  auto header = test::header_of(2, 512u << 20);
  if (own) {
    test::certified_stranger x{own, port};
    return x.accepted() && x.say(header) && x.is_ended(20s);
  }
  test::stranger x{port};
  x.say(header);
  return x.is_ended(20s);
}

bool send_every_kind(const credentials_ptr& own, uint16_t port) {
  for (auto kind = 0; kind < 10; ++kind) {
    auto message = test::header_of(static_cast<uint8_t>(kind), 64)
                   + std::string(64, static_cast<char>(kind * 37));
    if (own) {
      test::certified_stranger x{own, port};
      if (!x.accepted())
        return false;
      x.say(message);
      continue;
    }
    test::stranger x{port};
    x.say(message);
    if (!x.is_ended(20s))
      return false;
  }
  return true;
}

constexpr attempt attempts[] = {{"connect and wait", connect_and_wait},
                                {"connect many", connect_many},
                                {"claim much", claim_much},
                                {"send every kind", send_every_kind}};

} // namespace

BOOST_AUTO_TEST_SUITE(security_tests)

// The matrix: (no certificate, the secret of this user, a certificate of
// another name) x what they do; each time the node lives, within its memory,
// and serves others.
BOOST_AUTO_TEST_CASE(whoever_does_whatever_to_a_port_the_node_serves_others) {
  authority ca;
  running_node cloud{"cloud", tls_options(ca.dir.path(), "cloud-1")};
  auto port = port_of(cloud.address);
  customer honest{ca.of("operator"), port};
  BOOST_TEST_REQUIRE(honest.is_answered());
  auto before = memory_of(cloud);
  const std::pair<const char*, credentials_ptr> who[]
    = {{"no certificate", nullptr}, {"certified peer", ca.of("client-1")}};
  for (auto& [name, own] : who)
    for (auto& what : attempts) {
      BOOST_TEST(what.run(own, port), name << ": " << what.name);
      BOOST_TEST((honest.slowest(20) < 5s), name << ": " << what.name);
      customer newcomer{ca.of("operator"), port};
      BOOST_TEST(newcomer.is_answered(), name << ": " << what.name);
      BOOST_TEST(memory_of(cloud) - before < 100 << 20,
                 name << ": " << what.name);
    }
  test::certified_stranger neighbour{test::visitor_config::secret_of_user(),
                                     port};
  BOOST_TEST((!neighbour.accepted() || neighbour.is_ended(20s)));
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_elsewhere_or_of_yesterday_is_refused) {
  authority ca, other;
  other.issue("client-1");
  ca.issue("client-1", -1);
  running_node cloud{"cloud", tls_options(ca.dir.path(), "cloud-1")};
  for (auto& folder : {other.dir.path(), ca.dir.path()}) {
    auto said = heard(folder, "client-1", cloud.address);
    BOOST_TEST(said.find("alert") != std::string::npos, said);
  }
  BOOST_TEST(cloud.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_node_has_the_name_of_its_certificate) {
  authority ca;
  running_node cloud{"cloud", tls_options(ca.dir.path(), "cloud-1")};
  customer client{ca.of("client-1"), port_of(cloud.address)};
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
  BOOST_TEST(cloud.stop() == 0);
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
    customer newcomer{ca.of("client-1"), port};
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
