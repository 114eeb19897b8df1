#include "runtime/node/transport.hpp"

#include "runtime/error.hpp"
#include "runtime/node/process.hpp"
#include "support/temp_dir.hpp"
#include "support/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>
#include <caf/io/middleman.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

using hello_atom = caf::atom_constant<caf::atom("hello")>;
using stop_atom = caf::atom_constant<caf::atom("stop")>;

/// What a node's actor is asked.
struct echo_state {
  static inline const char* name = "node";
};

caf::behavior echo(caf::stateful_actor<echo_state>*) {
  return {
    [](hello_atom, const std::string& x) { return x; },
    [](stop_atom) { return std::string{"stopped"}; },
  };
}

/// A process of its own, as far as others can tell.
struct process {
  explicit process(credentials_ptr own, peer_limits limits = {}) {
    cfg.load<caf::io::middleman>();
    cfg.set("logger.file-verbosity", caf::atom("quiet"));
    cfg.set("scheduler.max-threads", size_t{2});
    transport_config transport;
    transport.own = std::move(own);
    transport.peers = limits;
    load_transport(cfg, transport);
    sys = std::make_unique<caf::actor_system>(cfg);
  }

  uint16_t open() {
    actor = sys->spawn(echo);
    auto port = publish(*sys, caf::actor_cast<caf::strong_actor_ptr>(actor), {},
                        "127.0.0.1", 0);
    BOOST_REQUIRE(port);
    return *port;
  }

  /// What the actor at `port` answers to "hello", or what went wrong.
  std::string ask(uint16_t port) {
    auto found = find_published(*sys, "127.0.0.1", port, 10s);
    if (!found)
      return describe(found.error());
    there = caf::actor_cast<caf::actor>(*found);
    return ask_again();
  }

  std::string ask_again() {
    return say(hello_atom::value, std::string{"hello"});
  }

  template <class... Ts>
  std::string say(const Ts&... xs) {
    std::string result;
    caf::scoped_actor self{*sys};
    self->request(there, 10s, xs...)
      .receive([&](const std::string& x) { result = x; },
               [&](const caf::error& x) { result = describe(x); });
    return result;
  }

  ~process() {
    there = nullptr;
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = nullptr;
  }

  caf::actor_system_config cfg;
  std::unique_ptr<caf::actor_system> sys;
  caf::actor actor, there;
};

credentials_ptr secret(char x) {
  return *credentials::from_secret(std::string(64, x));
}

struct authority {
  authority() {
    BOOST_REQUIRE(!make_authority(dir.path(), 30));
  }

  credentials_ptr issue(const std::string& name,
                        node_role role = node_role::none) {
    BOOST_REQUIRE(!issue_certificate(dir.path(), name, 30, role));
    return of(name);
  }

  /// @param without_role what a certificate that names none is believed
  credentials_ptr of(const std::string& name, bool without_role = false) {
    return *credentials::load({dir.path(name + ".pem"), dir.path(name + ".key"),
                               dir.path("ca.pem"), without_role});
  }

  test::temp_dir dir;
};

} // namespace

BOOST_AUTO_TEST_SUITE(transport_tests)

BOOST_AUTO_TEST_CASE(actors_talk_where_both_have_the_secret) {
  process here{secret('a')}, there{secret('a')};
  BOOST_TEST(here.ask(there.open()) == "hello");
}

BOOST_AUTO_TEST_CASE(who_has_another_secret_gets_an_error_and_no_actor) {
  process here{secret('a')}, there{secret('b')};
  auto said = here.ask(there.open());
  BOOST_TEST(said.find("failed to agree on TLS") != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(a_process_is_known_by_its_certificate) {
  authority ca;
  process here{ca.issue("client-1")}, there{ca.issue("fog-1")};
  BOOST_TEST_REQUIRE(here.ask(there.open()) == "hello");
  auto& sys = *there.sys;
  auto client = here.sys->node();
  BOOST_TEST(!check_name(sys, client, "client-1", "client"));
  BOOST_TEST(describe(check_name(sys, client, "client-2", "client"))
             == "bad_config: a node that calls itself \"client-2\" has the "
                "certificate of \"client-1\"; give it the certificate of its "
                "name");
  BOOST_TEST(describe(check_name(sys, client, "client-1", "fog"))
             == "bad_config: a node that calls itself \"client-1\" has the "
                "certificate of a client and says that it is a fog; give it "
                "the certificate of its name and role");
  BOOST_TEST(
    !check_name(*here.sys, there.there ? client : sys.node(), "fog-1", "fog"));
  BOOST_TEST(own_identity(sys).name == "fog-1");
}

// By the peer_scribe of its connection.
BOOST_AUTO_TEST_CASE(a_peer_that_announces_too_much_is_cut_off) {
  authority ca;
  process here{ca.issue("client-1")}, there{ca.issue("fog-1")};
  auto port = there.open();
  BOOST_TEST_REQUIRE(here.ask(port) == "hello");
  auto before = usage_of_this_process().rss_bytes;
  auto evil = ca.issue("evil", node_role::client);
  for (auto claim : {512u << 20, (64u << 20) + 1, ~0u}) {
    test::certified_stranger x{evil, port};
    BOOST_TEST_REQUIRE(x.accepted());
    x.say(test::header_of(2, claim));
    BOOST_TEST(x.is_ended(10s));
  }
  auto grown = usage_of_this_process().rss_bytes - before;
  BOOST_TEST(static_cast<int64_t>(grown) < 64 << 20);
  BOOST_TEST(here.ask_again() == "hello");
}

BOOST_AUTO_TEST_CASE(a_peer_may_not_pose_as_another_process) {
  authority ca;
  process here{ca.issue("client-1")}, there{ca.issue("fog-1")};
  auto port = there.open();
  BOOST_TEST_REQUIRE(here.ask(port) == "hello");
  // A handshake that names the process of client-1.
  std::vector<char> id;
  caf::binary_serializer sink{*here.sys, id};
  auto process_id = here.sys->node();
  BOOST_REQUIRE(!sink(process_id));
  test::certified_stranger x{ca.issue("client-2"), port};
  BOOST_TEST_REQUIRE(x.accepted());
  auto header = test::header_of(1, static_cast<uint32_t>(id.size()));
  header[31] = header[23] = 0;
  x.say(header + std::string(id.begin(), id.end()));
  BOOST_TEST(x.is_ended(10s));
  BOOST_TEST(here.ask_again() == "hello");
}

// By mail, peer_scribe and peer_book.
BOOST_AUTO_TEST_CASE(what_a_role_may_not_send_is_answered_and_reaches_nobody) {
  authority ca;
  process here{ca.issue("client-1")}, there{ca.issue("fog-1")};
  BOOST_TEST_REQUIRE(here.ask(there.open()) == "hello");
  BOOST_TEST(
    here.say(stop_atom::value)
    == "bad_config: role: \"client-1\" is a client, which may not send "
       "\"stop\" to a node; ask with a certificate of another role "
       "(vpaas certs issue NAME --role=ROLE)");
  BOOST_TEST(here.ask_again() == "hello");
  BOOST_TEST(refused_messages(*there.sys) == 1u);
}

BOOST_AUTO_TEST_CASE(a_certificate_without_a_role_is_worth_what_is_said) {
  authority ca;
  ca.issue("old");
  process fog{ca.issue("fog-1")}, old{ca.of("old")};
  auto said = old.ask(fog.open());
  BOOST_TEST(said != "hello");
  process believes{ca.of("fog-1", true)}, believed{ca.of("old", true)};
  BOOST_TEST_REQUIRE(believed.ask(believes.open()) == "hello");
  BOOST_TEST(believed.say(stop_atom::value) == "stopped");
}

BOOST_AUTO_TEST_CASE(a_system_ends_with_connections_open) {
  process there{secret('a')};
  auto port = there.open();
  std::vector<test::stranger> crowd;
  for (auto i = 0; i < 20; ++i)
    crowd.emplace_back(port);
  process here{secret('a')};
  BOOST_TEST(here.ask(port) == "hello");
}

BOOST_AUTO_TEST_SUITE_END()
