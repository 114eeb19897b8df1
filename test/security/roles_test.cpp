// What a node may send by the role in its certificate: every message of every
// actor, by the table and over TLS to real nodes.

#include "runtime/policy/peer_rights.hpp"
#include "support/authority.hpp"
#include "support/customer.hpp"
#include "support/every_message.hpp"
#include "support/programs.hpp"
#include "support/raw_peer.hpp"
#include "support/role_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using test::every_message;
using test::running_node;
using strings = std::vector<std::string>;
using test::expected;
using test::name_of;
using test::roles;

namespace {

const strings subjects{"",       "camera", "bulk_receiver",
                       "runner", "fog-1",  "fog-2"};

} // namespace

BOOST_AUTO_TEST_SUITE(roles_tests)

BOOST_AUTO_TEST_CASE(each_role_may_say_what_the_table_says) {
  auto cells = 0, allowed = 0;
  for (auto& [kind, messages] : every_message())
    for (auto& x : messages)
      for (auto& about : subjects)
        for (auto who : roles)
          for (auto where : roles) {
            letter y{kind, x.what, about};
            auto may = may_send({name_of(who), who}, where, y);
            BOOST_TEST(may == expected(who, where, y),
                       to_string(who)
                         << " to " << to_string(where) << ": " << kind << " "
                         << x.what << " (" << about << ")");
            ++cells;
            allowed += may;
          }
  std::printf("%d cells, %d allowed\n", cells, allowed);
  BOOST_TEST(allowed > 0);
}

namespace {

/// A node of each tier, with certificates.
struct site {
  site()
    : backend("backend", tls("backend-1")),
      cloud("cloud", with(tls("cloud-1"), "backend", backend)),
      fog("fog", with(with(tls("fog-1"), "cloud", cloud), "backend", backend)),
      client("client", with(tls("client-1"), "fog", fog)) {
    // nop
  }

  strings tls(const std::string& name) const {
    return test::tls_options(ca.dir.path(), name);
  }

  static strings with(strings options, const std::string& tier,
                      const running_node& x) {
    options.push_back("--node." + tier + "=" + x.address);
    return options;
  }

  const running_node& node(node_role x) const {
    const running_node* all[] = {&client, &fog, &cloud, &backend};
    return *all[static_cast<size_t>(x) - 1];
  }

  test::authority ca;
  running_node backend, cloud, fog, client;
};

uint16_t port_of(const running_node& x) {
  return static_cast<uint16_t>(
    std::stoi(x.address.substr(x.address.rfind(':') + 1)));
}

/// An actor of a node: its number, and its kind.
struct target {
  caf::actor_id id;
  std::string kind, path;
};

/// Links are called by what they lead to, networks by what they are for.
std::string state_called(const std::string& kind) {
  for (auto tier : {"fog", "cloud", "backend"})
    if (kind == std::string{tier} + "_link")
      return "cloud_link";
  return kind;
}

/// What an operator learns of a node, and a message to each of its actors.
class guide {
public:
  guide(const site& all, node_role where)
    : cfg_(all.ca.of("operator")), port_(port_of(all.node(where))) {
    auto found = test::visit(sys_, port_);
    if (found)
      node_ = *found;
  }

  std::vector<target> actors() {
    std::vector<target> result{{node_->id(), "node", ""}};
    for (auto& x : ask<std::vector<tree_entry>>(tree_atom_v)) {
      if (x.path.empty()) // the node itself
        continue;
      if (auto found = ask<caf::actor>(resolve_atom_v, x.path))
        result.push_back({found.id(), state_called(x.kind), x.path});
    }
    return result;
  }

  uint64_t refused() {
    return ask<status_report>(status_atom_v, std::string{})
      .details.get<uint64_t>("refused");
  }

  caf::actor_system& system() {
    return sys_;
  }

  uint16_t port() const {
    return port_;
  }

private:
  template <class T, class... Ts>
  T ask(const Ts&... xs) {
    T result{};
    self_->request(node_, std::chrono::seconds(10), xs...)
      .receive([&](T& x) { result = std::move(x); },
               [](const caf::error& x) { BOOST_ERROR(describe(x)); });
    return result;
  }

  struct config : test::real_config {
    explicit config(const credentials_ptr& own) : real_config(lan_profile()) {
      set("middleman.app-identifiers", std::vector<std::string>{wire_format});
      transport_config transport;
      transport.own = own;
      load_transport(*this, transport);
    }
  };

  config cfg_;
  caf::actor_system sys_{cfg_};
  caf::scoped_actor self_{sys_};
  uint16_t port_;
  node_actor node_;
};

/// Ends what it is sent to, or what the test needs.
bool is_deadly(const letter& x) {
  return x.what == "exit" || x.what == "stop str str";
}

/// Sends every message to every actor there. @returns how many were refused
uint64_t try_all(const site& all, guide& there, node_role who,
                 node_role where) {
  auto known = every_message();
  test::raw_peer peer{there.system(), all.ca.of(name_of(who)), there.port()};
  uint64_t refused = 0;
  for (auto& to : there.actors())
    for (auto& x : known.count(to.kind) ? known[to.kind] : known["encoder"]) {
      letter cell{to.kind, x.what, ""};
      auto may = expected(who, where, cell);
      if (x.content.empty() || (may && is_deadly(cell)))
        continue;
      auto why = peer.ask(to.id, x.content);
      BOOST_TEST(why.empty() == may, name_of(who)
                                       << " to " << name_of(where) << ": "
                                       << to.path << " (" << to.kind << ") "
                                       << x.what << ": " << why);
      refused += !may;
    }
  return refused;
}

} // namespace

BOOST_AUTO_TEST_CASE(real_nodes_deliver_what_the_table_says) {
  site all;
  for (auto where : {node_role::client, node_role::fog, node_role::cloud,
                     node_role::backend}) {
    guide there{all, where};
    uint64_t refused = there.refused();
    for (auto who : roles) {
      auto more = try_all(all, there, who, where);
      std::printf("%s to %s: %d refused\n", name_of(who), name_of(where),
                  static_cast<int>(more));
      refused += more;
    }
    BOOST_TEST(there.refused() == refused);
  }
  for (auto x : {node_role::client, node_role::fog, node_role::cloud,
                 node_role::backend}) {
    test::customer honest{all.ca.of("operator"), port_of(all.node(x))};
    BOOST_TEST(honest.is_answered());
  }
}

BOOST_AUTO_TEST_CASE(no_detour_leads_around_the_table) {
  site all;
  guide fog{all, node_role::fog};
  auto actors = fog.actors();
  auto node = actors.front().id;
  test::raw_peer client{fog.system(), all.ca.of("client-1"), fog.port()};
  BOOST_TEST(client.ask(node, caf::make_message(beat_atom_v)).empty());
  // An answer that goes on to somebody is a message of the client's making.
  BOOST_TEST(
    !client.ask_for(actors.back().id, node, caf::make_message(beat_atom_v))
       .empty());
  BOOST_TEST(!client.hand_on(caf::make_message(beat_atom_v)).empty());
  // An answer that nobody waits for of it.
  auto before = fog.refused();
  for (auto& x : actors)
    client.answer(x.id, 1, caf::make_message(node_info{}));
  BOOST_TEST(client.ask(node, caf::make_message(beat_atom_v)).empty());
  BOOST_TEST(fog.refused() == before + actors.size());
  child_spec camera;
  camera.name = "spy";
  camera.kind = "camera";
  camera.node = "client-2";
  auto why = client.ask(
    node,
    caf::make_message(start_atom_v, camera, std::string{"spy"}, caf::actor{}));
  BOOST_TEST(why
               == "bad_config: role: \"client-1\" is a client, which may not "
                  "send \"start\" of \"camera\" to a node; ask with a "
                  "certificate of another role (vpaas certs issue NAME "
                  "--role=ROLE)",
             why);
}

BOOST_AUTO_TEST_CASE(a_client_that_says_it_is_a_fog_is_not_believed) {
  test::authority ca;
  running_node fog{"fog", test::tls_options(ca.dir.path(), "fog-1")};
  test::customer client{ca.of("client-1"), port_of(fog)};
  BOOST_TEST(client.introduce("client-1") == "welcome");
  auto said = client.introduce("client-1", "fog");
  BOOST_TEST(said
               == "bad_config: a node that calls itself \"client-1\" has the "
                  "certificate of a client and says that it is a fog; give it "
                  "the certificate of its name and role",
             said);
}

BOOST_AUTO_TEST_SUITE_END()
