#include "support/real_node.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

double seconds_since(std::chrono::steady_clock::time_point x) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - x)
    .count();
}

struct fixture {
  test::real_node here{"here", lan_profile()};
  test::remote_node there;
  link_actor uut
    = here.spawn_link(here.link_to("127.0.0.1", there.port, lan_profile()));
  test::watcher events{here, uut};

  fixture() {
    BOOST_REQUIRE(there.port != 0);
    BOOST_REQUIRE(events.await_up(10s) == "far");
  }

  caf::error call(caf::timespan timeout) {
    caf::error result;
    here.self
      ->request(uut, 30s, call_atom_v, std::string{"echo"},
                make_item("x", 1, box{}), timeout)
      .receive([](const item&) {}, [&](caf::error& e) { result = e; });
    return result;
  }

  void restart() {
    there = test::remote_node{{"--port=" + std::to_string(there.port)}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_process_tests, fixture)

BOOST_AUTO_TEST_CASE(both_nodes_know_each_other) {
  BOOST_TEST(!call(5s));
  caf::actor far;
  here.self->request(here.node, 5s, nodes_atom_v)
    .receive(
      [](const std::vector<node_info>& x) { BOOST_TEST(x.size() == 2u); },
      [](const caf::error& e) { BOOST_FAIL(describe(e)); });
  node_info who;
  who.name = "far";
  here.self->request(here.node, 5s, resolve_atom_v, who)
    .receive([&](const caf::actor& x) { far = x; },
             [](const caf::error& e) { BOOST_FAIL(describe(e)); });
  here.self->request(caf::actor_cast<node_actor>(far), 5s, nodes_atom_v)
    .receive(
      [](const std::vector<node_info>& x) {
        BOOST_REQUIRE(x.size() == 2u);
        BOOST_TEST(x[1].name == "here");
      },
      [](const caf::error& e) { BOOST_FAIL(describe(e)); });
}

BOOST_AUTO_TEST_CASE(a_killed_peer_is_noticed_at_once_and_found_again) {
  for (int i = 0; i < 3; ++i) {
    there.process.kill();
    auto dead = std::chrono::steady_clock::now();
    BOOST_REQUIRE(events.await_down(10s));
    BOOST_TEST(seconds_since(dead) < 1.); // 0.1 on an idle machine
    BOOST_TEST((call(5s) == ec::cloud_down));
    restart();
    BOOST_REQUIRE(events.await_up(10s) == "far");
    BOOST_TEST(!call(5s));
  }
}

BOOST_AUTO_TEST_CASE(a_frozen_peer_is_down_and_its_calls_are_answered) {
  there.process.signal(SIGSTOP);
  auto frozen = std::chrono::steady_clock::now();
  BOOST_TEST((call(30s) == ec::cloud_down));
  BOOST_REQUIRE(events.await_down(10s));
  BOOST_TEST(seconds_since(frozen) < 4.); // 1.5 on an idle machine
  there.process.signal(SIGCONT);
  BOOST_REQUIRE(events.await_up(10s) == "far");
  BOOST_TEST(!call(5s));
}

BOOST_AUTO_TEST_CASE(a_blob_survives_the_restart_of_its_receiver) {
  blob::buffer bytes(20'000'000);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<uint8_t>(i * 2654435761u >> 13);
  transfer_offer offer;
  offer.key = {"cam", 1};
  offer.target = "sink";
  blob sent{bytes};
  auto done = here.self->request(uut, 60s, transfer_atom_v, offer, sent,
                                 caf::timespan{50s});
  there.process.kill();
  BOOST_REQUIRE(events.await_down(10s));
  restart();
  done.receive([] {}, [](const caf::error& e) { BOOST_FAIL(describe(e)); });
  here.self
    ->request(uut, 30s, call_atom_v, std::string{"sink"}, item{},
              caf::timespan{5s})
    .receive(
      [&](const item& x) {
        auto got = x.value.get<transfer_offer>();
        BOOST_REQUIRE(got);
        BOOST_TEST(got->bytes == sent.size());
        BOOST_TEST(got->checksum == checksum_of(sent.data(), sent.size()));
      },
      [](const caf::error& e) { BOOST_FAIL(describe(e)); });
}

BOOST_AUTO_TEST_SUITE_END()
