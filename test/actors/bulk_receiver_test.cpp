#include "actors/bulk_receiver.hpp"

#include "actors/node.hpp"
#include "support/test_system.hpp"

#include <boost/test/unit_test.hpp>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

blob make_blob(size_t bytes) {
  blob::buffer result(bytes);
  for (size_t i = 0; i < bytes; ++i)
    result[i] = static_cast<uint8_t>(i * 31);
  return blob{std::move(result)};
}

transfer_offer offer_of(uint64_t seq, const blob& x) {
  transfer_offer result;
  result.key = {"cam", seq};
  result.target = "sink";
  result.bytes = x.size();
  result.checksum = checksum_of(x.data(), x.size());
  return result;
}

struct fixture : test::test_system {
  std::vector<delivery> got;
  caf::error refusal; ///< what the sink answers, none: takes it
  node_actor node;
  caf::actor target;
  receiver_actor uut;

  fixture() {
    node_config ncfg;
    ncfg.info.name = "here";
    node = sys.spawn(vpaas::node, ncfg);
    target = sys.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](deliver_atom, const delivery& x) -> caf::result<void> {
        if (refusal)
          return refusal;
        got.push_back(x);
        return caf::unit;
      }};
    });
    self->send(node, enter_atom_v, std::string{"sink"}, target);
    bulk_receiver_config cfg;
    cfg.node = caf::actor_cast<caf::actor>(node);
    cfg.max_transfer = 100'000;
    cfg.max_total = 150'000;
    cfg.max_recent = 2;
    cfg.expiry = 1min;
    uut = sys.spawn(bulk_receiver, cfg);
    run();
  }

  ~fixture() {
    for (const auto& x : {caf::actor_cast<caf::actor>(node), target,
                          caf::actor_cast<caf::actor>(uut)})
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    run();
  }

  /// The answer to a request, or its error.
  template <class... Ts>
  caf::expected<uint64_t> ask(const Ts&... xs) {
    auto reply = self->request(uut, caf::infinite, xs...);
    run();
    caf::expected<uint64_t> result{caf::error{ec::none}};
    reply.receive([&](uint64_t x) { result = x; },
                  [&](caf::error& e) { result = std::move(e); });
    return result;
  }

  uint64_t offer(const transfer_offer& x) {
    auto result = ask(offer_atom_v, x);
    BOOST_REQUIRE(result);
    return *result;
  }

  caf::error refused(const transfer_offer& x) {
    auto result = ask(offer_atom_v, x);
    BOOST_REQUIRE(!result);
    return result.error();
  }

  caf::expected<uint64_t> slice(uint64_t seq, const blob& x, size_t from,
                                size_t to) {
    transfer_slice result{
      {"cam", seq}, from, blob{{x.data() + from, x.data() + to}}};
    return ask(slice_atom_v, result);
  }

  bulk_receiver_status status() {
    auto reply = self->request(uut, caf::infinite, status_atom_v);
    run();
    bulk_receiver_status result;
    reply.receive(
      [&](const status_report& x) {
        result = *from_json<bulk_receiver_status>(x.details.value());
      },
      [](const caf::error& e) { BOOST_FAIL(describe(e)); });
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bulk_receiver_tests, fixture)

BOOST_AUTO_TEST_CASE(slices_become_the_blob_that_was_offered) {
  auto x = make_blob(1000);
  BOOST_TEST(offer(offer_of(1, x)) == 0u);
  BOOST_TEST(*slice(1, x, 0, 600) == 600u);
  BOOST_TEST(got.empty());
  BOOST_TEST(*slice(1, x, 600, 1000) == 1000u);
  BOOST_REQUIRE(got.size() == 1u);
  BOOST_TEST((got[0].bytes == x));
  BOOST_TEST(offer(offer_of(1, x)) == 1000u);
  BOOST_TEST(got.size() == 1u); // delivered once
  BOOST_TEST(status().partial_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(an_interrupted_transfer_goes_on_where_it_stopped) {
  auto x = make_blob(1000);
  offer(offer_of(1, x));
  slice(1, x, 0, 300);
  BOOST_TEST(offer(offer_of(1, x)) == 300u);
}

BOOST_AUTO_TEST_CASE(repeated_and_early_slices_change_nothing) {
  auto x = make_blob(1000);
  offer(offer_of(1, x));
  slice(1, x, 0, 300);
  BOOST_TEST(*slice(1, x, 0, 300) == 300u);
  BOOST_TEST(*slice(1, x, 600, 1000) == 300u);
  slice(1, x, 300, 1000);
  BOOST_REQUIRE(got.size() == 1u);
  BOOST_TEST((got[0].bytes == x));
}

BOOST_AUTO_TEST_CASE(an_empty_blob_is_delivered_too) {
  blob none;
  BOOST_TEST(offer(offer_of(1, none)) == 0u);
  BOOST_TEST(got.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_damaged_blob_is_discarded_and_said_so) {
  auto x = make_blob(1000);
  auto wrong = offer_of(1, x);
  wrong.checksum ^= 1;
  offer(wrong);
  slice(1, x, 0, 1000);
  BOOST_TEST((refused(wrong) == ec::io));
  BOOST_TEST(got.empty());
  BOOST_TEST(status().damaged == 1u);
  BOOST_TEST(status().partial_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_missing_target_and_its_refusal_reach_the_sender) {
  auto x = make_blob(10);
  auto lost = offer_of(1, x);
  lost.target = "nobody";
  offer(lost);
  slice(1, x, 0, 10);
  BOOST_TEST((refused(lost) == ec::not_found));
  refusal = caf::make_error(ec::bad_input);
  offer(offer_of(2, x));
  slice(2, x, 0, 10);
  BOOST_TEST((refused(offer_of(2, x)) == ec::bad_input));
  BOOST_TEST(status().undelivered == 2u);
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_for_each_and_for_all) {
  BOOST_TEST((refused(offer_of(1, make_blob(100'001))) == ec::bad_input));
  auto x = make_blob(100'000);
  offer(offer_of(2, x));
  BOOST_TEST((refused(offer_of(3, x)) == ec::overload));
  self->send(uut, cancel_atom_v, transfer_key{"cam", 2});
  BOOST_TEST(offer(offer_of(3, x)) == 0u);
}

BOOST_AUTO_TEST_CASE(a_slice_may_not_exceed_what_was_offered) {
  auto x = make_blob(100'000);
  auto small = offer_of(1, make_blob(10));
  offer(small);
  BOOST_TEST((slice(1, x, 0, 11).error() == ec::bad_input));
  offer(offer_of(2, x));
  BOOST_TEST((slice(2, x, 0, max_slice_bytes + 1).error() == ec::bad_input));
  BOOST_TEST((slice(9, x, 0, 10).error() == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_transfer_that_rests_too_long_is_forgotten) {
  auto x = make_blob(1000);
  offer(offer_of(1, x));
  advance(45s);
  slice(1, x, 0, 500);
  for (int i = 0; i < 3; ++i)
    advance(15s);
  BOOST_TEST(status().partial == 1u);
  for (int i = 0; i < 2; ++i)
    advance(15s);
  BOOST_TEST(status().partial == 0u);
  BOOST_TEST(status().expired == 1u);
  BOOST_TEST(status().partial_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(another_blob_under_the_same_key_starts_anew) {
  auto x = make_blob(1000);
  auto y = make_blob(2000);
  offer(offer_of(1, x));
  slice(1, x, 0, 500);
  BOOST_TEST(offer(offer_of(1, y)) == 0u);
  slice(1, y, 0, 2000);
  BOOST_TEST((got.at(0).bytes == y));
  // Delivered is delivered: the key is taken.
  BOOST_TEST((refused(offer_of(1, x)) == ec::bad_input));
}

BOOST_AUTO_TEST_CASE(only_the_last_deliveries_are_remembered) {
  auto x = make_blob(10);
  for (uint64_t seq : {1u, 2u, 3u}) {
    offer(offer_of(seq, x));
    slice(seq, x, 0, 10);
  }
  BOOST_TEST(offer(offer_of(3, x)) == 10u);
  BOOST_TEST(offer(offer_of(2, x)) == 10u);
  BOOST_TEST(offer(offer_of(1, x)) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
