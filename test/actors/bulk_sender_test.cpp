#include "actors/bulk_sender.hpp"

#include "runtime/checksum.hpp"
#include "runtime/error.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/sec.hpp>

#include <deque>
#include <memory>

using namespace vpaas;
using namespace std::chrono_literals;

namespace {

blob make_blob(size_t bytes) {
  return blob{blob::buffer(bytes, 42)};
}

transfer_offer offer_of(uint64_t seq) {
  transfer_offer result;
  result.key = {"cam", seq};
  result.target = "sink";
  return result;
}

/// A sender before a receiver that answers when it is told to.
struct fixture {
  using ticket = bulk_sender::ticket;

  struct sent_slice {
    ticket what;
    transfer_slice slice;
  };

  std::deque<std::pair<ticket, transfer_offer>> offers;
  std::deque<sent_slice> slices;
  std::vector<transfer_key> cancelled;
  std::map<uint64_t, caf::error> done; ///< by seq
  caf::timespan now = 1s;
  bulk_sender_config cfg;
  std::unique_ptr<bulk_sender> uut;

  fixture() {
    cfg.max_queued = 1'000'000;
    cfg.max_active = 2;
    reset();
  }

  void reset() {
    bulk_sender::outlet out;
    out.offer = [this](const ticket& what, const transfer_offer& x) {
      offers.push_back({what, x});
    };
    out.slice = [this](const ticket& what, transfer_slice x) {
      slices.push_back({what, std::move(x)});
    };
    out.cancel = [this](const transfer_key& x) { cancelled.push_back(x); };
    uut = std::make_unique<bulk_sender>(cfg, out);
  }

  caf::error add(uint64_t seq, size_t bytes, caf::timespan deadline = 1h,
                 bool live = false) {
    auto offer = offer_of(seq);
    offer.live = live;
    return uut->add(offer, make_blob(bytes), deadline,
                    [this, seq](const caf::error& e) { done[seq] = e; });
  }

  caf::error add_live(uint64_t seq, size_t bytes) {
    return add(seq, bytes, 1h, true);
  }

  ticket next_offer() {
    BOOST_REQUIRE(!offers.empty());
    auto result = offers.front().first;
    offers.pop_front();
    return result;
  }

  void accept(uint64_t held = 0) {
    uut->offered(next_offer(), held, now);
  }

  /// Acknowledges what is on its way until nothing more is sent.
  void ack_all() {
    while (!slices.empty()) {
      now += 1ms;
      auto what = slices.front().what;
      slices.pop_front();
      uut->acked(what, now);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(bulk_sender_tests, fixture)

BOOST_AUTO_TEST_CASE(a_blob_is_offered_sent_and_confirmed) {
  auto x = make_blob(100'000);
  BOOST_REQUIRE(!add(1, x.size()));
  BOOST_TEST(offers.empty()); // no receiver yet
  uut->open(now);
  BOOST_TEST(offers.front().second.bytes == x.size());
  BOOST_TEST(offers.front().second.checksum == checksum_of(x.data(), x.size()));
  accept();
  ack_all();
  BOOST_TEST(uut->totals().flying == 0u);
  BOOST_TEST(done.empty()); // sent is not delivered
  accept(x.size());
  BOOST_REQUIRE(done.count(1) == 1u);
  BOOST_TEST(!done[1]);
  BOOST_TEST(uut->totals().queued == 0u);
}

BOOST_AUTO_TEST_CASE(the_slices_are_the_blob_in_order) {
  add(1, 50'000);
  uut->open(now);
  accept();
  uint64_t expected = 0;
  while (!slices.empty()) {
    auto x = slices.front();
    slices.pop_front();
    BOOST_TEST(x.slice.offset == expected);
    BOOST_TEST(x.slice.bytes.size() <= max_slice_bytes);
    expected += x.slice.bytes.size();
    uut->acked(x.what, now += 1ms);
  }
  BOOST_TEST(expected == 50'000u);
}

BOOST_AUTO_TEST_CASE(no_more_is_on_its_way_than_the_window_allows) {
  cfg.credit.max_window = 40'000;
  reset();
  add(1, 900'000);
  uut->open(now);
  accept();
  for (int i = 0; i < 50; ++i) {
    BOOST_REQUIRE(uut->totals().flying <= 40'000u);
    auto x = slices.front();
    slices.pop_front();
    uut->acked(x.what, now += 1ms);
  }
}

BOOST_AUTO_TEST_CASE(a_silent_receiver_gets_no_more_than_the_window) {
  add(1, 900'000);
  uut->open(now);
  accept();
  auto sent = uut->totals().sent;
  for (int i = 0; i < 100; ++i)
    uut->tick(now += 100ms);
  BOOST_TEST(uut->totals().sent == sent);
  BOOST_TEST(sent <= cfg.credit.initial_window);
}

BOOST_AUTO_TEST_CASE(a_transfer_goes_on_from_what_the_receiver_holds) {
  add(1, 100'000);
  uut->open(now);
  accept();
  uut->close();
  slices.clear();
  offers.clear();
  BOOST_TEST(uut->totals().flying == 0u);
  uut->open(now);
  accept(60'000);
  BOOST_REQUIRE(!slices.empty());
  BOOST_TEST(slices.front().slice.offset == 60'000u);
}

BOOST_AUTO_TEST_CASE(answers_from_before_an_outage_change_nothing) {
  add(1, 100'000);
  uut->open(now);
  accept();
  auto old = slices.front().what;
  uut->close();
  uut->open(now);
  uut->acked(old, now);
  uut->failed(old, caf::sec::request_timeout, now);
  uut->offered(old, 100'000, now);
  BOOST_TEST(uut->totals().flying == 0u);
  BOOST_TEST(done.empty());
}

BOOST_AUTO_TEST_CASE(what_the_receiver_holds_already_is_not_sent) {
  add(1, 100'000);
  uut->open(now);
  accept(100'000);
  BOOST_TEST(slices.empty());
  BOOST_TEST(done.count(1) == 1u);
}

BOOST_AUTO_TEST_CASE(transfers_take_turns) {
  cfg.credit.initial_window = uint64_t{256} * 1024;
  reset();
  add(1, 200'000);
  add(2, 200'000);
  add(3, 200'000); // waits: two share the window
  uut->open(now);
  BOOST_TEST(offers.size() == 2u);
  accept();
  accept();
  uut->acked(slices.front().what, now += 1ms); // the path is measured
  slices.pop_front();
  std::vector<uint64_t> order;
  for (const auto& x : slices)
    order.push_back(x.slice.key.seq);
  BOOST_REQUIRE(order.size() >= 4u);
  BOOST_TEST(order[0] != order[1]);
  BOOST_TEST(order[1] != order[2]);
  BOOST_TEST(order[2] != order[3]);
}

BOOST_AUTO_TEST_CASE(a_receiver_without_room_is_asked_again_later) {
  add(1, 1000);
  uut->open(now);
  uut->failed(next_offer(), caf::make_error(ec::overload), now);
  BOOST_TEST(done.empty());
  uut->tick(now += 100ms);
  BOOST_TEST(offers.empty());
  uut->tick(now += 100ms);
  BOOST_TEST(offers.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_verdict_of_the_receiver_ends_the_transfer) {
  add(1, 1000);
  uut->open(now);
  uut->failed(next_offer(), caf::make_error(ec::not_found), now);
  BOOST_TEST((done[1] == ec::not_found));
  BOOST_TEST(uut->transfers() == 0u);
}

BOOST_AUTO_TEST_CASE(a_lost_acknowledgement_starts_over_with_an_offer) {
  add(1, 100'000);
  uut->open(now);
  accept();
  while (!slices.empty()) {
    uut->failed(slices.front().what, caf::sec::request_timeout, now);
    slices.pop_front();
  }
  BOOST_TEST(uut->totals().flying == 0u);
  BOOST_TEST(uut->credit().slice_bytes() == cfg.credit.min_slice);
  uut->tick(now += cfg.retry_delay);
  accept(2048);
  BOOST_TEST(slices.front().slice.offset == 2048u);
}

BOOST_AUTO_TEST_CASE(a_late_transfer_is_ended_here_and_there) {
  add(1, 1000, now + 5s);
  uut->open(now);
  accept();
  uut->tick(now += 4s);
  BOOST_TEST(done.empty());
  uut->tick(now += 1s);
  BOOST_TEST((done[1] == ec::deadline));
  BOOST_TEST(cancelled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_cancelled_transfer_is_ended_here_and_there) {
  add(1, 1000);
  add(2, 1000);
  uut->open(now);
  accept();
  uut->cancel({"cam", 1});
  BOOST_TEST((done[1] == ec::cancelled));
  BOOST_TEST(cancelled.size() == 1u);
  uut->cancel({"cam", 99}); // unknown: nothing
  BOOST_TEST(uut->transfers() == 1u);
}

BOOST_AUTO_TEST_CASE(the_queue_is_bounded_but_takes_any_single_blob) {
  BOOST_TEST(!add(1, 2'000'000));
  BOOST_TEST((add(2, 1) == ec::overload));
  uut->cancel({"cam", 1});
  BOOST_TEST(!add(2, 1));
}

BOOST_AUTO_TEST_CASE(one_key_is_sent_once_and_tells_everybody) {
  auto told = 0;
  auto count = [&](const caf::error&) { ++told; };
  uut->add(offer_of(1), make_blob(10), 1h, count);
  BOOST_TEST(!uut->add(offer_of(1), make_blob(10), 1h, count));
  BOOST_TEST(
    (uut->add(offer_of(1), make_blob(11), 1h, count) == ec::bad_input));
  uut->open(now);
  BOOST_TEST(offers.size() == 1u);
  accept(10);
  BOOST_TEST(told == 2);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_link_ends_every_transfer) {
  add(1, 1000);
  add(2, 1000);
  uut->open(now);
  uut->abort(caf::make_error(ec::cloud_down));
  BOOST_TEST((done[1] == ec::cloud_down));
  BOOST_TEST((done[2] == ec::cloud_down));
}

BOOST_AUTO_TEST_CASE(a_live_transfer_overtakes_what_can_wait) {
  for (uint64_t seq = 1; seq <= 4; ++seq)
    BOOST_REQUIRE(!add(seq, 200'000)); // two are active, two wait
  uut->open(now);
  accept();
  accept();
  BOOST_REQUIRE(!slices.empty());
  BOOST_REQUIRE(!add_live(9, 10'000));
  uut->tick(now);
  BOOST_REQUIRE(offers.size() == 1u); // it need not wait for a place
  BOOST_TEST(offers.front().second.key.seq == 9u);
  accept();
  auto before = slices.size();
  uint64_t bytes = 0;
  while (bytes < 10'000) {
    while (slices.size() > before - 1 && before > 0) { // what was on its way
      auto what = slices.front().what;
      slices.pop_front();
      --before;
      now += 1ms;
      uut->acked(what, now);
    }
    BOOST_REQUIRE(!slices.empty());
    auto x = slices.front();
    slices.pop_front();
    BOOST_TEST(x.slice.key.seq == 9u);
    bytes += x.what.bytes;
    now += 1ms;
    uut->acked(x.what, now);
  }
}

BOOST_AUTO_TEST_CASE(a_full_queue_has_room_for_a_live_transfer) {
  BOOST_TEST(!add(1, 900'000));
  BOOST_TEST((add(2, 200'000) == ec::overload));
  BOOST_TEST(!add_live(3, 200'000));
  BOOST_TEST((add_live(4, 1'000'000) == ec::overload));
}

BOOST_AUTO_TEST_CASE(after_an_outage_live_transfers_are_offered_first) {
  add(1, 50'000);
  add_live(2, 50'000);
  uut->open(now);
  offers.clear();
  uut->close();
  uut->open(now);
  BOOST_REQUIRE(offers.size() == 2u);
  BOOST_TEST(offers[0].second.key.seq == 2u);
  BOOST_TEST(offers[1].second.key.seq == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
