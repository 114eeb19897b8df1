#include "actors/control/file_sender.hpp"

#include "actors/bulk_receiver.hpp"
#include "actors/node.hpp"
#include "runtime/error.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

struct fixture : test::test_system {
  fixture() {
    node = sys.spawn(vpaas::node, node_config{});
    sink = sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](deliver_atom, const delivery& x) -> caf::result<void> {
        if (refuse)
          return caf::make_error(ec::bad_input, "another hash");
        got = x.bytes;
        return caf::unit;
      }};
    });
    caf::anon_send(node, enter_atom_v, std::string{"sink"}, sink);
    bulk_receiver_config bcfg;
    bcfg.node = caf::actor_cast<caf::actor>(node);
    receiver = sys.spawn(bulk_receiver, bcfg);
    file_sender_config cfg;
    cfg.to = receiver;
    uut = sys.spawn(file_sender, cfg);
    run();
  }

  ~fixture() {
    for (auto& x : {caf::actor_cast<caf::actor>(uut), sink,
                    caf::actor_cast<caf::actor>(receiver),
                    caf::actor_cast<caf::actor>(node)})
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  /// Sends, and calls `meanwhile` before the answer is looked for.
  caf::error send(const blob& bytes, const std::function<void()>& meanwhile) {
    transfer_offer offer;
    offer.key = {"file", ++sent};
    offer.target = "sink";
    auto result = caf::make_error(ec::deadline, "no answer");
    auto handle = self->request(uut, caf::infinite, transfer_atom_v, offer,
                                bytes, caf::timespan{1min});
    meanwhile();
    for (int i = 0; i < 20; ++i)
      advance(100ms);
    handle.receive([&] { result = caf::none; },
                   [&](caf::error& x) { result = std::move(x); });
    return result;
  }

  node_actor node;
  caf::actor sink;
  receiver_actor receiver;
  file_sender_actor uut;
  blob got;
  bool refuse = false;
  uint64_t sent = 0;
};

const blob large{blob::buffer(300'000, 7)};

} // namespace

BOOST_FIXTURE_TEST_SUITE(file_sender_tests, fixture)

BOOST_AUTO_TEST_CASE(a_file_arrives_whole) {
  BOOST_TEST(!send(large, [&] { run(); }));
  BOOST_TEST((got == large));
}

BOOST_AUTO_TEST_CASE(why_it_is_refused_is_told) {
  refuse = true;
  auto err = send(large, [&] { run(); });
  BOOST_TEST((err == ec::bad_input));
  BOOST_TEST(cause_of(err) == "another hash");
}

BOOST_AUTO_TEST_CASE(when_the_node_is_gone_its_files_fail) {
  auto err = send(large, [&] {
    caf::anon_send_exit(receiver, caf::exit_reason::kill);
    run();
  });
  BOOST_TEST((err == ec::cloud_down), describe(err));
}

BOOST_AUTO_TEST_SUITE_END()
