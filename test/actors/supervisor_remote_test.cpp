// Children on another node: two actor systems in this process, over loopback.

#include "actors/node.hpp"
#include "actors/supervisor.hpp"
#include "messages/registry.hpp"
#include "messages/report.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/io/all.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

caf::behavior guest(caf::event_based_actor* self) {
  return {
    [](ready_atom) {},
    [=](status_atom) { return report(self, "ready", box{}); },
  };
}

actor_kinds kinds() {
  actor_kind result;
  result.name = "guest";
  result.spawn = [](const spawn_context& x) -> caf::expected<caf::actor> {
    return x.system.spawn(guest);
  };
  return {result};
}

/// An actor system with a node actor.
struct host {
  struct config : caf::actor_system_config {
    config() {
      register_messages(*this);
      load<caf::io::middleman>();
    }
  };

  explicit host(const std::string& name) {
    node_config x;
    x.info.name = name;
    x.kinds = kinds();
    handle = system.spawn(node, x);
  }

  ~host() {
    caf::anon_send_exit(handle, caf::exit_reason::kill);
  }

  config cfg;
  caf::actor_system system{cfg};
  node_actor handle;
};

struct two_nodes {
  host here{"here"};
  host there{"there"};
  caf::scoped_actor self{here.system};
  supervisor_actor uut;
  uint16_t port = 0;

  two_nodes() {
    auto bound = there.system.middleman().publish(there.handle, 0, "127.0.0.1");
    BOOST_REQUIRE(bound);
    port = *bound;
    auto proxy = here.system.middleman().remote_actor<node_actor>("127.0.0.1",
                                                                  port);
    BOOST_REQUIRE(proxy);
    self
      ->request(here.handle, 5s, hello_atom_v, there_info(),
                caf::actor_cast<caf::actor>(*proxy))
      .receive([](const node_info&) {}, fail());
  }

  ~two_nodes() {
    caf::anon_send_exit(uut, caf::exit_reason::kill);
  }

  static node_info there_info() {
    node_info result;
    result.name = "there";
    return result;
  }

  static std::function<void(const caf::error&)> fail() {
    return [](const caf::error& e) { BOOST_FAIL(describe(e)); };
  }

  void begin(child_spec child, uint32_t intensity = 1) {
    supervisor_config cfg;
    cfg.how.intensity = intensity;
    cfg.how.delay = cfg.how.max_delay = 1ms;
    cfg.children = {std::move(child)};
    cfg.factory = [](const child_spec&, const std::string&, const caf::actor&) {
      return caf::expected<caf::actor>{
        caf::make_error(ec::bad_config, "not to be started here")};
    };
    cfg.node = caf::actor_cast<caf::actor>(here.handle);
    uut = here.system.spawn(supervisor, cfg);
    self->monitor(uut);
  }

  caf::actor resolve(const node_actor& x) {
    caf::actor result;
    self->request(x, 5s, resolve_atom_v, std::string{"far"})
      .receive([&](const caf::actor& y) { result = y; }, fail());
    return result;
  }

  /// Waits until the supervisor ended. @returns why
  caf::error wait_for_end() {
    caf::error result;
    self->receive([&](const caf::down_msg& x) { result = x.reason; },
                  caf::after(20s) >> [] { BOOST_FAIL("it does not end"); });
    return result;
  }

  /// Ends the connection between the two as a broken cable would.
  void cut_connection() const {
    for (int fd = 0; fd < 1024; ++fd) {
      sockaddr_in peer{};
      socklen_t size = sizeof(peer);
      auto address = reinterpret_cast<sockaddr*>(&peer);
      if (getpeername(fd, address, &size) == 0 && ntohs(peer.sin_port) == port)
        shutdown(fd, SHUT_RDWR);
    }
  }

  int guests_over_there() {
    int result = -1;
    self->request(there.handle, 5s, status_atom_v)
      .receive(
        [&](const status_report& x) {
          result = x.details.value().at("guests");
        },
        fail());
    return result;
  }

  bool becomes_empty_over_there() {
    for (int i = 0; i < 100000; ++i)
      if (guests_over_there() == 0)
        return true;
    return false;
  }

  static child_spec far() {
    child_spec result;
    result.name = "far";
    result.kind = "guest";
    result.node = "there";
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_remote_tests, two_nodes)

BOOST_AUTO_TEST_CASE(a_remote_child_is_started_and_restarted_over_there) {
  begin(far());
  self->request(uut, 5s, ready_atom_v).receive([] {}, fail());
  auto first = resolve(here.handle);
  BOOST_TEST((first->node() == there.system.node()));
  self->monitor(first);
  caf::anon_send_exit(resolve(there.handle), caf::exit_reason::kill);
  self->receive([](const caf::down_msg&) {},
                caf::after(20s) >> [] { BOOST_FAIL("it does not end"); });
  caf::actor second;
  for (int i = 0; i < 100000 && (!second || second == first); ++i)
    self->request(here.handle, 5s, resolve_atom_v, std::string{"far"})
      .receive([&](const caf::actor& x) { second = x; },
               [](const caf::error&) {});
  BOOST_TEST((second && second != first));
  self->request(uut, 5s, stop_atom_v).receive([] {}, fail());
  BOOST_TEST(becomes_empty_over_there());
}

BOOST_AUTO_TEST_CASE(a_lost_node_is_an_abnormal_end_of_its_children) {
  begin(far(), 0);
  self->request(uut, 5s, ready_atom_v).receive([] {}, fail());
  cut_connection();
  BOOST_TEST(describe(wait_for_end())
             == "runtime_error: failed to keep child \"far\" running: 1 "
                "restarts within 30s, the last because of "
                "remote_link_unreachable");
  // And over there the child ends because its owner is gone.
  BOOST_TEST(becomes_empty_over_there());
}

BOOST_AUTO_TEST_CASE(a_node_that_nobody_knows_is_a_failed_start) {
  auto child = far();
  child.node = "nowhere";
  begin(child);
  BOOST_TEST(describe(wait_for_end())
             == "not_found: failed to start child \"far\": not_found: no "
                "joined node \"nowhere\" here; see vpaas inspect");
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_other_node_says_what_is_wrong) {
  auto child = far();
  child.kind = "nothing";
  begin(child);
  BOOST_TEST(describe(wait_for_end())
             == "bad_config: failed to start child \"far\": bad_config: child "
                "\"far\": no kind \"nothing\" on this node; known: supervisor, "
                "guest");
}

BOOST_AUTO_TEST_SUITE_END()
